using System.Collections.Immutable;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>The files that a snapshot adds and removes, whatever base it is made on.</summary>
internal sealed record FileChanges
{
    public ImmutableArray<DataFile> Data { get; init; } = [];

    public ImmutableArray<DataFile> Deletes { get; init; } = [];

    /// <summary>All of them must be live in the base.</summary>
    public ImmutableArray<DataFile> RemovedData { get; init; } = [];

    public ImmutableArray<DataFile> RemovedDeletes { get; init; } = [];

    /// <summary>Data files all of whose rows meet it are removed too; one where only some do is an error.</summary>
    public ScanFilter? RemovedRows { get; init; }

    /// <summary>Of the added data files, where it is older than the snapshot's.</summary>
    public long? DataSequenceNumber { get; init; }

    public bool Removes => !RemovedData.IsEmpty || !RemovedDeletes.IsEmpty || RemovedRows is not null;

    /// <summary>Throws Invalid where the files cannot be in this table, whatever else is.</summary>
    public void Require(Table table)
    {
        var keys = new HashSet<FileKey>();
        foreach (var file in (IEnumerable<DataFile>)[.. Data, .. Deletes])
        {
            if (!keys.Add(FileKey.Of(file))) throw Invalid(table, $"file {file.FilePath} is added twice");
            if (file.RecordCount <= 0 || file.FileSizeBytes <= 0) throw Invalid(table, $"file {file.FilePath} has no rows");
            var spec = table.Metadata.FindSpec(file.SpecId) ?? throw Invalid(table, $"file {file.FilePath} has partition spec {file.SpecId}, which is gone");
            if (!spec.IsWritable) throw new EngineException(ErrorKind.Unsupported, $"table {table.Ident}: partition spec {spec.SpecId} has a transform this build does not know");
            if (spec.Fields.Length != file.Partition.Length) throw Invalid(table, $"file {file.FilePath} has {file.Partition.Length} partition values, its spec {spec.Fields.Length}");
        }
        foreach (var file in Data)
            if (file.Content != FileContent.Data) throw Invalid(table, $"{file.FilePath} is not a data file");
        foreach (var file in Deletes) RequireDelete(table, file);
        var vectors = Deletes.Where(f => f.IsDeletionVector).GroupBy(f => f.ReferencedDataFile).FirstOrDefault(g => g.Count() > 1);
        if (vectors is not null) throw Invalid(table, $"data file {vectors.Key} gets two deletion vectors");
    }

    private static void RequireDelete(Table table, DataFile file)
    {
        switch (file.Content)
        {
            case FileContent.Data:
                throw Invalid(table, $"{file.FilePath} is not a delete file");
            case FileContent.EqualityDeletes when file.EqualityIds.IsEmpty || file.EqualityIds.Any(id => table.Metadata.FindFieldEver(id) is null):
                throw Invalid(table, $"delete file {file.FilePath} names no columns of the table to match by");
            case FileContent.PositionDeletes when table.Metadata.FormatVersion >= 3 && !file.IsDeletionVector:
                throw Invalid(table, $"{file.FilePath}: in format version 3 rows are deleted by deletion vectors, not by position delete files");
            case FileContent.PositionDeletes when table.Metadata.FormatVersion < 3 && file.IsDeletionVector:
                throw Invalid(table, $"{file.FilePath}: deletion vectors need format version 3");
            case FileContent.PositionDeletes when file.IsDeletionVector && (file.ReferencedDataFile is null || file.ContentOffset is null || file.ContentSizeBytes is null):
                throw Invalid(table, $"{file.FilePath}: a deletion vector without its data file or its place");
        }
    }

    private static EngineException Invalid(Table table, string why) => new(ErrorKind.Invalid, $"table {table.Ident}: {why}");
}
