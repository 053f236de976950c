using K2I.Base;
using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>What must hold of the files themselves: there, of the length written down, and (deep) holding what their manifests say.</summary>
internal sealed class StoredFileRules(TableMetadata table, IObjectStore store, Findings findings) : IDisposable
{
    private readonly ParquetBuffers buffers = new();
    private readonly Dictionary<string, long> lengths = new(StringComparer.Ordinal);

    public void Dispose() => buffers.Dispose();

    /// <summary>True if the file is as long as it should be.</summary>
    public bool CheckLength(string path, long expected)
    {
        if (!lengths.TryGetValue(path, out var length))
        {
            length = -1;
            findings.Try("file-unreadable", "file-missing", path, () => length = store.Length(path));
            lengths[path] = length;
        }
        findings.Unless(length < 0 || length == expected, "file-length", path, $"it has {length} bytes, {expected} were written down");
        return length == expected;
    }

    /// <param name="file">Data or delete file.</param>
    /// <param name="data">The table's data files by location.</param>
    public void CheckContent(DataFile file, IReadOnlyDictionary<string, DataFile> data) => findings.Try("file-unreadable", "file-missing", file.FilePath, () =>
    {
        if (file.IsDeletionVector) CheckVector(file, data);
        else if (file.Content == FileContent.PositionDeletes) CheckPositions(file, data);
        else CheckRows(file);
    });

    private void CheckRows(DataFile file)
    {
        switch (file.FileFormat)
        {
            case "PARQUET":
                using (var source = new StoreSource(store.Open(file.FilePath)))
                using (var reader = new ParquetReader(source, null, buffers))
                {
                    findings.Unless(reader.Rows == file.RecordCount, "file-rows", file.FilePath, $"it has {reader.Rows} rows, the manifest says {file.RecordCount}");
                    if (!reader.HasFieldIds && table.Property(NameMappingJson.Property) is null) findings.Error("file-field-ids", file.FilePath, "its columns have no field ids, and the table no name mapping");
                    else if (file.Content == FileContent.Data) FooterRules.Check(table, file, reader, findings);
                }
                break;
            case "AVRO":
                var rows = new AvroFileReader(store.Read(file.FilePath), file.FilePath).Count();
                findings.Unless(rows == file.RecordCount, "file-rows", file.FilePath, $"it has {rows} rows, the manifest says {file.RecordCount}");
                break;
            default:
                throw new EngineException(ErrorKind.Unsupported, $"files of format {file.FileFormat} cannot be read");
        }
    }

    private void CheckVector(DataFile file, IReadOnlyDictionary<string, DataFile> data)
    {
        using var puffin = PuffinFile.Open(store, file.FilePath);
        if (DeletionVectorFile.Difference(puffin, file) is { } difference)
        {
            findings.Error("dv-blob", file.FilePath, difference);
            return;
        }
        var positions = DeletionVector.Read(puffin.Read(puffin.Blobs.First(b => b.Offset == file.ContentOffset)), $"{file.FilePath} at {file.ContentOffset}");
        findings.Unless(positions.Count == file.RecordCount, "dv-blob", file.FilePath, $"the vector at {file.ContentOffset} has {positions.Count} rows, the manifest says {file.RecordCount}");
        if (positions.Count > 0) CheckLast(file, file.ReferencedDataFile ?? "", positions.All().Last(), data);
    }

    private void CheckPositions(DataFile file, IReadOnlyDictionary<string, DataFile> data)
    {
        var request = new ReadRequest { Schema = Schema.Of(MetadataColumns.DeletedFile, MetadataColumns.DeletedPosition) };
        using var reader = RowFiles.Open(store, file, request, buffers);
        long count = 0, last = -1;
        byte[] path = [];
        var target = "";
        var ordered = true;
        while (reader.TryRead(out var batch))
        {
            for (var row = 0; row < batch.Rows; row++, count++)
            {
                var position = batch.Columns[1].Value<long>(row);
                var order = batch.Columns[0].Bytes(row).SequenceCompareTo(path);
                ordered &= order > 0 || (order == 0 && position > last);
                if (order != 0)
                {
                    CheckLast(file, target, last, data);
                    path = batch.Columns[0].Bytes(row).ToArray();
                    target = System.Text.Encoding.UTF8.GetString(path);
                    CheckTarget(file, target, data);
                }
                last = position;
            }
        }
        CheckLast(file, target, last, data);
        findings.Unless(ordered, "delete-order", file.FilePath, "its rows are not in order of file and position");
        findings.Unless(count == file.RecordCount, "file-rows", file.FilePath, $"it has {count} rows, the manifest says {file.RecordCount}");
    }

    /// <summary>Position deletes take rows of files of their own partition only.</summary>
    private void CheckTarget(DataFile deletes, string target, IReadOnlyDictionary<string, DataFile> data)
    {
        if (deletes.ReferencedDataFile is { } one) findings.Unless(one == target, "delete-target", deletes.FilePath, $"it deletes rows of {target}, the manifest says of {one} only");
        if (data.TryGetValue(target, out var file))
            findings.Unless(file.SpecId == deletes.SpecId && file.Partition.Equals(deletes.Partition), "delete-partition", deletes.FilePath, $"it lies in another partition than {target}, whose rows it deletes");
    }

    private void CheckLast(DataFile deletes, string target, long last, IReadOnlyDictionary<string, DataFile> data)
    {
        if (data.TryGetValue(target, out var file)) findings.Unless(last < file.RecordCount, "delete-position", deletes.FilePath, $"it deletes row {last} of {target}, which has {file.RecordCount}");
    }
}
