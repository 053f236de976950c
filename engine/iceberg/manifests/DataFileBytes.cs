using K2I.Base;

namespace K2I.Iceberg;

/// <summary>One data file's description on its own, as a manifest of one entry: for a journal that has to remember files not yet committed.</summary>
public static class DataFileBytes
{
    public static byte[] Write(TableMetadata table, DataFile file)
    {
        var spec = table.FindSpec(file.SpecId) ?? throw new EngineException(ErrorKind.Invalid, $"{file.FilePath}: partition spec {file.SpecId} is not in the table");
        // The file is in no snapshot yet; what stands here for one is not read.
        var writer = new ManifestWriter(table, spec, ManifestContent.Data, new SnapshotId(0));
        writer.Added(file);
        return writer.Finish(file.FilePath).Bytes;
    }

    /// <exception cref="EngineException"><see cref="ErrorKind.Corrupt"/>: the bytes are no such description, or of another spec than <paramref name="specId"/>.</exception>
    public static DataFile Read(TableMetadata table, int specId, byte[] bytes)
    {
        const string name = "a data file's description";
        var spec = table.FindSpec(specId) ?? throw new EngineException(ErrorKind.Corrupt, $"{name}: partition spec {specId} is not in the table");
        var entries = ManifestEntryCodec.Read(new AvroFileReader(bytes, name), spec, table.PartitionTypes(spec), name).ToList();
        return entries.Count == 1 ? entries[0].File with { SpecId = specId } : throw new EngineException(ErrorKind.Corrupt, $"{name} has {entries.Count} entries");
    }
}
