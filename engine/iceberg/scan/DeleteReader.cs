using System.Collections.Immutable;
using System.Text;

using K2I.Base;
using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>Reads delete files, each once for all the data files it concerns. One thread.</summary>
internal sealed class DeleteReader(TableMetadata table, IObjectStore store, ParquetBuffers buffers, long mostKeyBytes = long.MaxValue)
{
    private readonly Dictionary<string, Dictionary<string, RowPositions>> positions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KeySet> keys = new(StringComparer.Ordinal);
    private long keyBytes;

    /// <summary>The deleted positions of a data file; null if there are none.</summary>
    internal RowPositions? Positions(ScanTask task)
    {
        RowPositions? found = null;
        foreach (var entry in task.Deletes)
        {
            if (entry.File.Content != FileContent.PositionDeletes) continue;
            var positions = entry.File.IsDeletionVector ? Vector(entry.File) : FromFile(entry.File).GetValueOrDefault(task.Data.File.FilePath);
            if (positions is null) continue;
            if (found is null)
            {
                found = positions;
                continue;
            }
            var both = new RowPositions();
            both.Union(found);
            both.Union(positions);
            found = both;
        }
        return found;
    }

    /// <summary>The keys of an equality delete file, made by <see cref="RowKey"/> of its equality ids.</summary>
    /// <param name="file">The delete file.</param>
    /// <param name="rows">What the rows are read as, of every file of a scan the same types: keys are bytes, and a value's depend on its type.</param>
    internal KeySet Keys(DataFile file, StructType rows)
    {
        if (this.keys.TryGetValue(file.FilePath, out var known)) return known;
        var keys = new KeySet();
        var schema = new Schema(0, new StructType([.. SchemaSelection.Keep(rows, [.. file.EqualityIds]).Fields.Select(f => f with { Required = false })]));
        var key = new RowKey(schema.Struct, file.EqualityIds);
        using var reader = RowFiles.Open(store, file, new ReadRequest { Schema = schema, Names = Names(table), Missing = DataFileValues.Missing(table, schema.Struct, file) }, buffers);
        while (reader.TryRead(out var batch))
        {
            for (var row = 0; row < batch.Rows; row++) keys.Add(key.Of(batch, new(row)));
            if (keyBytes + keys.Bytes > mostKeyBytes)
                throw new EngineException(ErrorKind.Unsupported,
                    $"{file.FilePath}: keys of deletes take more than {Units.FormatBytes(mostKeyBytes)} of memory");
        }
        keyBytes += keys.Bytes;
        return this.keys[file.FilePath] = keys;
    }

    internal static ImmutableArray<NameMap> Names(TableMetadata table) =>
        table.Property(NameMappingJson.Property) is { } text ? NameMappingJson.Parse(text, $"{NameMappingJson.Property} of {table.Location}") : [];

    private RowPositions Vector(DataFile file)
    {
        if (file.ContentOffset is not { } offset || file.ContentSizeBytes is not { } bytes || offset < 0 || bytes is < 0 or > 1 << 30)
            throw Json.Bad(file.FilePath, "a deletion vector without a place");
        using var reader = store.Open(file.FilePath, file.FileSizeBytes);
        if (offset > reader.Length - bytes) throw Json.Bad(file.FilePath, "a deletion vector beyond the end of its file");
        var blob = new byte[bytes];
        reader.ReadAt(offset, blob);
        return DeletionVector.Read(blob, $"{file.FilePath} at {offset}");
    }

    private Dictionary<string, RowPositions> FromFile(DataFile file)
    {
        if (this.positions.TryGetValue(file.FilePath, out var known)) return known;
        var found = new Dictionary<string, RowPositions>(StringComparer.Ordinal);
        using var reader = RowFiles.Open(store, file, new ReadRequest { Schema = Schema.Of(MetadataColumns.DeletedFile, MetadataColumns.DeletedPosition) }, buffers);
        byte[] last = [];
        RowPositions? positions = null;
        while (reader.TryRead(out var batch))
        {
            var (paths, rows) = (batch.Columns[0], batch.Columns[1]);
            for (var row = 0; row < batch.Rows; row++)
            {
                var path = paths.Bytes(row);
                if (positions is null || !path.SequenceEqual(last))
                {
                    last = path.ToArray();
                    var text = Encoding.UTF8.GetString(last);
                    if (!found.TryGetValue(text, out positions)) found[text] = positions = new();
                }
                var position = rows.Value<long>(row);
                if (position < 0) throw Json.Bad(file.FilePath, "it deletes a row before the first");
                positions.Add(position);
            }
        }
        return this.positions[file.FilePath] = found;
    }
}
