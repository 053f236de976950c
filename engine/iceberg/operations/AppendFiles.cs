using System.Collections.Immutable;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Adds data files. New manifests are written once and reused by every attempt; small manifests are merged now and then so that commits stay quick.</summary>
/// <remarks>The same file must not be appended twice: within one action that is refused, across actions the fence is what tells.</remarks>
public sealed class AppendFiles : SnapshotAction
{
    private readonly ManifestMerger merger = new();
    private readonly HashSet<string> verified = new(StringComparer.Ordinal);
    private ImmutableArray<DataFile> writtenFiles;
    private ImmutableArray<ManifestFile> newManifests = [];
    private (int SchemaId, int FormatVersion) writtenFor;

    public AppendFiles(string branch = SnapshotRef.Main) : base(branch)
    {
    }

    /// <summary>Complete data files; each names its spec, which the table must have.</summary>
    public ImmutableArray<DataFile> Files { get; init; } = [];

    /// <summary>Summary entries of the application.</summary>
    public ImmutableSortedDictionary<string, string> Summary { get; init; } = SummaryKeys.Empty;

    /// <summary>Table properties set in the same commit.</summary>
    public ImmutableSortedDictionary<string, string> Properties { get; init; } = SummaryKeys.Empty;

    /// <summary>Ask the store for each file's length before the first attempt: a wrong one stops the commit.</summary>
    public bool VerifyFiles { get; init; }

    /// <summary>Asked in every attempt, with the table as it was just loaded. It says AlreadyDone if the rows are in, also where the snapshot that brought them has expired.</summary>
    public Func<Table, FenceVerdict>? Fence { get; init; }

    internal override bool KnowsItself => Fence is not null;

    private protected override ActionResult? Decide(Table table, Snapshot? parent, ActionContext context, out SnapshotContent? content)
    {
        content = null;
        var (files, extra, properties) = (Files, Summary, Properties);
        switch (Fence?.Invoke(table))
        {
            case FenceVerdict.AlreadyDone done:
                return new ActionResult.AlreadyDone(done.Why);
            case FenceVerdict.Abort abort:
                return new ActionResult.Abort(abort.Reason);
            case FenceVerdict.ProceedWith other:
                (files, extra, properties) = (other.Files, other.Summary, other.Properties);
                break;
        }
        Require(table, files);
        if (VerifyFiles) Verify(table, files, context);
        var added = NewManifests(table.Metadata, files, context);
        var before = parent is null ? [] : new ManifestReader(context.Store).Manifests(table.Metadata, parent);
        var carried = before.Where(m => m.MayHaveLiveFiles).ToList();
        var merged = merger.Merge(table.Metadata, SnapshotId!.Value, [.. added, .. carried.Where(m => m.Content == ManifestContent.Data)], context, w => Store(table.Metadata, w, context));
        var summary = new SnapshotSummary();
        foreach (var file in files) summary.Added(file);
        summary.Set(SummaryKeys.ManifestsCreated, merged.Created + added.Count(m => merged.Manifests.Contains(m)));
        summary.Set(SummaryKeys.ManifestsKept, carried.Count - merged.Replaced);
        summary.Set(SummaryKeys.ManifestsReplaced, merged.Replaced);
        content = new SnapshotContent("append", before, [.. merged.Manifests, .. carried.Where(m => m.Content == ManifestContent.Deletes)], summary) { ExtraSummary = extra, Properties = properties };
        return null;
    }

    private static void Require(Table table, ImmutableArray<DataFile> files)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (!paths.Add(file.FilePath)) throw new EngineException(ErrorKind.Invalid, $"table {table.Ident}: file {file.FilePath} is appended twice");
            if (file.Content != FileContent.Data) throw new EngineException(ErrorKind.Invalid, $"table {table.Ident}: {file.FilePath} is not a data file");
            if (file.RecordCount <= 0 || file.FileSizeBytes <= 0) throw new EngineException(ErrorKind.Invalid, $"table {table.Ident}: file {file.FilePath} has no rows");
            var spec = table.Metadata.FindSpec(file.SpecId) ?? throw new EngineException(ErrorKind.Invalid, $"table {table.Ident}: file {file.FilePath} has partition spec {file.SpecId}, which is gone");
            if (!spec.IsWritable) throw new EngineException(ErrorKind.Unsupported, $"table {table.Ident}: partition spec {spec.SpecId} has a transform this build does not know");
            if (spec.Fields.Length != file.Partition.Length) throw new EngineException(ErrorKind.Invalid, $"table {table.Ident}: file {file.FilePath} has {file.Partition.Length} partition values, its spec {spec.Fields.Length}");
        }
    }

    private void Verify(Table table, ImmutableArray<DataFile> files, ActionContext context)
    {
        foreach (var file in files)
        {
            if (verified.Contains(file.FilePath)) continue;
            var length = context.Store.Length(file.FilePath);
            if (length != file.FileSizeBytes) throw new EngineException(ErrorKind.Fatal, $"table {table.Ident}: {file.FilePath} has {length} bytes, {file.FileSizeBytes} were written");
            verified.Add(file.FilePath);
        }
    }

    /// <summary>Manifests of the new files: one or more per spec, of the target size at most. Written again only if the fence chose other files or the schema changed.</summary>
    private ImmutableArray<ManifestFile> NewManifests(TableMetadata table, ImmutableArray<DataFile> files, ActionContext context)
    {
        if (!writtenFiles.IsDefault && writtenFor == (table.CurrentSchemaId, table.FormatVersion) && files.AsSpan().SequenceEqual(writtenFiles.AsSpan())) return newManifests;
        var target = table.LongProperty(TableProperties.ManifestTargetBytes, TableProperties.DefaultManifestTargetBytes);
        var manifests = ImmutableArray.CreateBuilder<ManifestFile>();
        foreach (var group in files.GroupBy(f => f.SpecId))
        {
            ManifestWriter? writer = null;
            foreach (var file in group)
            {
                writer ??= new ManifestWriter(table, table.FindSpec(group.Key)!, ManifestContent.Data, SnapshotId!.Value);
                writer.Added(file);
                if (writer.Length < target) continue;
                manifests.Add(Store(table, writer, context));
                writer = null;
            }
            if (writer is not null) manifests.Add(Store(table, writer, context));
        }
        writtenFiles = files;
        writtenFor = (table.CurrentSchemaId, table.FormatVersion);
        return newManifests = manifests.ToImmutable();
    }
}
