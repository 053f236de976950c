using System.Collections.Immutable;

using K2I.Columns;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Small tables and files to commit.</summary>
internal static class TestTables
{
    public static readonly TableIdent Events = TableIdent.Parse("db.events");

    public static readonly Schema EventSchema = Schema.Of(
        new Field(1, "id", PrimitiveType.Long, true),
        new Field(2, "name", PrimitiveType.String, false),
        new Field(3, "ts", PrimitiveType.TimestampTz, false));

    public static DataFile File(Table table, string name, long rows = 10, PartitionTuple? partition = null, long bytes = 1000) => new()
    {
        FilePath = $"{table.Metadata.Location}/data/{name}.parquet",
        SpecId = table.Metadata.DefaultSpecId,
        Partition = partition ?? PartitionTuple.Empty,
        RecordCount = rows,
        FileSizeBytes = bytes,
        ColumnSizes = new Dictionary<int, long> { [1] = 400, [2] = 500 },
        ValueCounts = new Dictionary<int, long> { [1] = rows, [2] = rows },
        NullValueCounts = new Dictionary<int, long> { [1] = 0, [2] = 1 },
        LowerBounds = new Dictionary<int, byte[]> { [1] = SingleValue.OfLong(1) },
        UpperBounds = new Dictionary<int, byte[]> { [1] = SingleValue.OfLong(99) },
        SplitOffsets = [4],
        SortOrderId = 0,
    };

    public static TableCreation Creation(string partitionBy = "", int formatVersion = 2) => new()
    {
        Schema = EventSchema,
        Spec = PartitionSpecText.Parse(partitionBy, EventSchema),
        FormatVersion = formatVersion,
    };

    public static TableCommitter Committer(ICatalog catalog, IObjectStore store, CommitOptions? options = null) => new(catalog, store, options, sleepMs: _ => Thread.Yield());

    public static AppendFiles Append(params DataFile[] files) => new() { Files = [.. files] };

    public static List<string> LivePaths(Table table, IObjectStore store) =>
        table.Metadata.CurrentSnapshot is { } snapshot ? [.. new ManifestReader(store).LiveEntries(table.Metadata, snapshot).Select(e => e.File.FilePath).Order(StringComparer.Ordinal)] : [];

    public static ImmutableSortedDictionary<string, string> Strings(params (string Key, string Value)[] pairs) =>
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, pairs.Select(p => KeyValuePair.Create(p.Key, p.Value)));
}
