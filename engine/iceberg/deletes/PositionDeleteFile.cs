using System.Text;

using K2I.Base;
using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>A Parquet file of deleted rows of one data file, in order. Its bounds are whole, so that readers know which file it concerns. Source: table spec, "Position Delete Files".</summary>
internal static class PositionDeleteFile
{
    private const int BatchRows = 8192, LongestPath = 64 << 10;

    private static readonly Schema Columns = Schema.Of(MetadataColumns.DeletedFile, MetadataColumns.DeletedPosition);

    public static DataFile Write(TableMetadata table, IObjectStore store, string location, DataFile file, RowPositions positions, ParquetBuffers buffers)
    {
        var path = Encoding.UTF8.GetBytes(file.FilePath);
        if (path.Length > LongestPath) throw new EngineException(ErrorKind.Unsupported, $"table at {table.Location}: a data file's location has {path.Length} bytes");
        using var target = store.Create(location);
        using var writer = new ParquetWriter(Columns, ParquetOptions.Default with { StatisticsBytes = LongestPath }, new ObjectSink(target), buffers);
        writer.SetMetadata("delete-type", "position");
        using var builder = BatchBuilder.ForScratch(Columns, BatchRows * (path.Length + 32L) + (64 << 10));
        foreach (var chunk in positions.All().Chunk(BatchRows))
        {
            builder.Reset();
            foreach (var position in chunk)
            {
                builder.Column(0).AppendBytes(path);
                builder.Column(1).AppendLong(position);
                if (!builder.EndRow()) throw new EngineException(ErrorKind.Full, $"{location}: a deleted row does not fit into memory");
            }
            writer.Write(builder.View(), 0, chunk.Length);
        }
        var result = writer.Finish();
        target.Complete();
        return Describe(location, file, path, result);
    }

    private static DataFile Describe(string location, DataFile file, byte[] path, ParquetFileResult result)
    {
        var (paths, rows) = (result.Leaves[0], result.Leaves[1]);
        return new DataFile
        {
            Content = FileContent.PositionDeletes,
            FilePath = location,
            SpecId = file.SpecId,
            Partition = file.Partition,
            RecordCount = result.Rows,
            FileSizeBytes = result.Bytes,
            ColumnSizes = new Dictionary<int, long> { [paths.FieldId] = paths.CompressedBytes, [rows.FieldId] = rows.CompressedBytes },
            ValueCounts = new Dictionary<int, long> { [paths.FieldId] = result.Rows, [rows.FieldId] = result.Rows },
            NullValueCounts = new Dictionary<int, long> { [paths.FieldId] = 0, [rows.FieldId] = 0 },
            LowerBounds = new Dictionary<int, byte[]> { [paths.FieldId] = path, [rows.FieldId] = rows.Min! },
            UpperBounds = new Dictionary<int, byte[]> { [paths.FieldId] = path, [rows.FieldId] = rows.Max! },
            SplitOffsets = result.RowGroupStarts,
            ReferencedDataFile = file.FilePath,
        };
    }
}
