using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>The manifests of files that an action adds: one or more for each spec, of the target size at most. Written once; again only if other files are added or the schema changed.</summary>
internal sealed class AddedManifests
{
    private ImmutableArray<DataFile> files;
    private (int SchemaId, int FormatVersion) writtenFor;
    private ImmutableArray<ManifestFile> manifests = [];

    /// <param name="table">The base.</param>
    /// <param name="files">All data files, or all delete files.</param>
    /// <param name="snapshotId">Of the snapshot that adds them.</param>
    /// <param name="sequenceNumber">Theirs, where it is not the snapshot's.</param>
    /// <param name="store">Stores a finished manifest.</param>
    public ImmutableArray<ManifestFile> For(TableMetadata table, ImmutableArray<DataFile> files, SnapshotId snapshotId, long? sequenceNumber, Func<ManifestWriter, ManifestFile> store)
    {
        if (!this.files.IsDefault && writtenFor == (table.CurrentSchemaId, table.FormatVersion) && files.AsSpan().SequenceEqual(this.files.AsSpan())) return this.manifests;
        var target = table.LongProperty(TableProperties.ManifestTargetBytes, TableProperties.DefaultManifestTargetBytes);
        var manifests = ImmutableArray.CreateBuilder<ManifestFile>();
        foreach (var group in files.GroupBy(f => f.SpecId))
        {
            ManifestWriter? writer = null;
            foreach (var file in group)
            {
                writer ??= new ManifestWriter(table, table.FindSpec(group.Key)!, file.Content == FileContent.Data ? ManifestContent.Data : ManifestContent.Deletes, snapshotId);
                writer.Added(file, sequenceNumber);
                if (writer.Length < target) continue;
                manifests.Add(store(writer));
                writer = null;
            }
            if (writer is not null) manifests.Add(store(writer));
        }
        this.files = files;
        writtenFor = (table.CurrentSchemaId, table.FormatVersion);
        return this.manifests = manifests.ToImmutable();
    }
}
