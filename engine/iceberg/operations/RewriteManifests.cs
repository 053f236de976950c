using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>Writes a branch's manifests anew: files of one partition together, in manifests of the target size. The files stay what they are. Operation <c>replace</c>.</summary>
public sealed class RewriteManifests(string branch = SnapshotRef.Main) : SnapshotAction(branch)
{
    private readonly Dictionary<string, ImmutableArray<ManifestFile>> written = new(StringComparer.Ordinal);

    /// <summary>Leave manifests of at least this size alone; null: those that have the target size already.</summary>
    public long? SmallerThanBytes { get; init; }

    /// <summary>Summary entries of the application, by the base; null: none.</summary>
    public Func<Table, ImmutableSortedDictionary<string, string>>? SummaryOf { get; init; }

    /// <summary>Files of this spec can be written down anew: its types are known.</summary>
    public static bool CanRewrite(TableMetadata table, int specId) => ManifestMerger.CanRewrite(table, specId);

    private protected override ActionResult? Decide(Table table, Snapshot? parent, ActionContext context, out SnapshotContent? content)
    {
        content = null;
        if (parent is null) return new ActionResult.AlreadyDone("the table has no manifests");
        var metadata = table.Metadata;
        var reader = new ManifestReader(context.Store);
        var before = reader.Manifests(metadata, parent);
        var target = metadata.LongProperty(TableProperties.ManifestTargetBytes, TableProperties.DefaultManifestTargetBytes);
        var limit = SmallerThanBytes ?? Math.Max(1, target / 2);
        var live = before.Where(m => m.MayHaveLiveFiles).ToList();
        var manifests = ImmutableArray.CreateBuilder<ManifestFile>();
        long processed = 0;
        foreach (var group in live.GroupBy(m => (m.Content, m.SpecId)).OrderBy(g => g.Key.Content).ThenByDescending(g => g.Key.SpecId))
        {
            var small = group.Where(m => m.Length < limit).ToList();
            if (small.Count < 2 || !CanRewrite(metadata, group.Key.SpecId))
            {
                manifests.AddRange(group);
                continue;
            }
            manifests.AddRange(Rewrite(metadata, small, target, reader, context));
            manifests.AddRange(group.Where(m => m.Length >= limit));
            processed += small.Sum(m => (long)(m.AddedFiles ?? 0) + (m.ExistingFiles ?? 0));
        }
        if (processed == 0) return new ActionResult.AlreadyDone("the manifests are as few as they can be");
        var summary = new SnapshotSummary();
        summary.CountManifests(before, manifests.ToImmutable(), SnapshotId!.Value);
        summary.Set("entries-processed", processed);
        content = new SnapshotContent("replace", before, manifests.ToImmutable(), summary);
        if (SummaryOf is not null) content = content with { ExtraSummary = SummaryOf(table) };
        return null;
    }

    private protected override void Forget() => written.Clear();

    private ImmutableArray<ManifestFile> Rewrite(TableMetadata table, List<ManifestFile> manifests, long target, ManifestReader reader, ActionContext context)
    {
        var key = string.Join('\n', manifests.Select(m => m.Path));
        if (written.TryGetValue(key, out var known)) return known;
        var spec = table.FindSpec(manifests[0].SpecId)!;
        var types = table.PartitionTypes(spec);
        var rewritten = ImmutableArray.CreateBuilder<ManifestFile>();
        ManifestWriter? writer = null;
        // The sort is stable: within a partition, files keep their order.
        foreach (var entry in reader.Entries(table, manifests).Where(e => e.IsLive).OrderBy(e => e.File.Partition, new PartitionOrder(types)))
        {
            writer ??= new ManifestWriter(table, spec, manifests[0].Content, SnapshotId!.Value);
            writer.Existing(entry);
            if (writer.Length < target) continue;
            rewritten.Add(Store(table, writer, context));
            writer = null;
        }
        if (writer is not null) rewritten.Add(Store(table, writer, context));
        return written[key] = rewritten.ToImmutable();
    }
}
