using System.Text;

using K2I.Base;
using K2I.Parquet;

namespace K2I.Iceberg;

/// <summary>Makes the manifest's description of a finished Parquet file. Set up once per table metadata; any thread.</summary>
public sealed class DataFileBuilder(TableMetadata table)
{
    /// <summary>Bytes that partition folders may bring a location to: the longest key of an object store. A path may have 4,096 on Linux.</summary>
    private const int LongestLocation = 1_024;

    private readonly MetricsModes modes = new(table);

    /// <summary>Describes a file at <paramref name="location"/>, written under the schema of the metadata and one of its specs.</summary>
    /// <param name="sorted">The rows are in the table's default sort order.</param>
    public DataFile Build(string location, ParquetFileResult file, int specId, PartitionTuple partition, bool sorted = false)
    {
        var sizes = new Dictionary<int, long>();
        var values = new Dictionary<int, long>();
        var nulls = new Dictionary<int, long>();
        var nans = new Dictionary<int, long>();
        var lower = new Dictionary<int, byte[]>();
        var upper = new Dictionary<int, byte[]>();
        foreach (var leaf in file.Leaves)
        {
            var mode = modes.Of(leaf.FieldId);
            if (!mode.HasCounts) continue;
            sizes[leaf.FieldId] = leaf.CompressedBytes;
            if (leaf.Repeated) continue;
            values[leaf.FieldId] = leaf.Values;
            nulls[leaf.FieldId] = leaf.Nulls;
            if (leaf.Nans is { } count) nans[leaf.FieldId] = count;
            if (mode.BoundLength == 0) continue;
            if (leaf.Min is { } min) lower[leaf.FieldId] = Bounds.Lower(leaf.Type, min, mode.BoundLength);
            if (leaf.Max is { } max && Bounds.Upper(leaf.Type, max, mode.BoundLength) is { } cut) upper[leaf.FieldId] = cut;
        }
        for (var at = 1; at < file.RowGroupStarts.Length; at++) Check.That(file.RowGroupStarts[at] > file.RowGroupStarts[at - 1]);
        return new DataFile
        {
            FilePath = location,
            SpecId = specId,
            Partition = partition,
            RecordCount = file.Rows,
            FileSizeBytes = file.Bytes,
            ColumnSizes = OrNull(sizes),
            ValueCounts = OrNull(values),
            NullValueCounts = OrNull(nulls),
            NanValueCounts = OrNull(nans),
            LowerBounds = OrNull(lower),
            UpperBounds = OrNull(upper),
            SplitOffsets = file.RowGroupStarts,
            SortOrderId = sorted ? table.DefaultSortOrderId : 0,
        };
    }

    /// <summary>Where a new data file of a partition goes: the table's data folder, the partition's folders, the name. The folders are shortened to what every store takes.</summary>
    public string LocationFor(PartitionSpec spec, PartitionTuple partition, string name)
    {
        var folder = table.Property(TableProperties.DataPath) is { Length: > 0 } path ? path.TrimEnd('/') : table.Location + "/data";
        var room = LongestLocation - Encoding.UTF8.GetByteCount(folder) - Encoding.UTF8.GetByteCount(name) - 2;
        var below = PartitionPath.Of(spec, table.PartitionTypes(spec), partition, room);
        return below.Length == 0 ? $"{folder}/{name}" : $"{folder}/{below}/{name}";
    }

    private static Dictionary<int, T>? OrNull<T>(Dictionary<int, T> map) => map.Count == 0 ? null : map;
}
