using System.Collections.Immutable;
using System.Globalization;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>An action that makes a snapshot. Subclasses give the manifests; this writes the list and the snapshot, checks the whole, and cleans up.</summary>
/// <remarks>
/// Files of the table's metadata folder: <c>UUID-mN.avro</c> (manifests) and <c>snap-ID-N-UUID.avro</c> (lists). N counts over all attempts of the action's life: a write that
/// timed out may still arrive, and must not meet a file of another content under its name.
/// Manifests of new files are written once: what changes from base to base (sequence number, row ids) they inherit from the list.
/// Files of an attempt are stored side by side, while those that it adds are looked at: a slow store is waited for once.
/// </remarks>
public abstract class SnapshotAction : TableAction
{
    internal const string OwnEngineName = "k2i";

    private const int MostUnderWay = 4;

    /// <summary>Manifests that are not known to be in the store: a later attempt may name them too.</summary>
    private readonly Dictionary<string, byte[]> unstored = new(StringComparer.Ordinal);
    private readonly Queue<(string Path, IObjectWriter Writer)> underWay = new();
    private readonly HashSet<string> written = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<ManifestFile>> namedBy = new(StringComparer.Ordinal);
    private readonly string branch;
    private string? uuid;
    private SnapshotId? snapshotId;
    private int manifests;
    private int lists;

    private protected SnapshotAction(string branch) => this.branch = branch;

    public override SnapshotId? SnapshotId => snapshotId;

    internal override CommitFate FateOf(TableMetadata sent, TableMetadata now) => snapshotId is { } id ? SnapshotFate.Of(id, branch, sent, now) : CommitFate.Never;

    /// <summary>Who commits, in the summary of every snapshot.</summary>
    public string EngineName { get; init; } = OwnEngineName;

    public string EngineVersion { get; init; } = typeof(SnapshotAction).Assembly.GetName().Version?.ToString(3) ?? "0";

    public sealed override ActionResult Apply(Table table, ActionContext context)
    {
        var metadata = table.Metadata;
        if (metadata.FormatVersion < 2) throw new EngineException(ErrorKind.Unsupported, $"table {table.Ident} has format version 1, which is read only; upgrade it to version 2 first");
        if (snapshotId is { } known && metadata.FindSnapshot(known) is not null) return new ActionResult.AlreadyDone($"snapshot {known} is in the table");
        snapshotId ??= NewSnapshotId(metadata, context.Random);
        uuid ??= context.Random.NewGuid().ToString();
        var parent = metadata.Head(branch);
        if (parent is null && metadata.Refs.ContainsKey(branch)) throw new EngineException(ErrorKind.Corrupt, $"table {table.Ident}: branch {branch} points at a snapshot that is gone");
        if (metadata.Refs.TryGetValue(branch, out var reference) && !reference.IsBranch) throw new EngineException(ErrorKind.Invalid, $"table {table.Ident}: '{branch}' is a tag");

        SnapshotContent? content;
        Snapshot snapshot;
        try
        {
            foreach (var (path, bytes) in unstored.ToList()) Begin(path, bytes, context);
            var verdict = Decide(table, parent, context, out content);
            if (verdict is not null) return verdict;
            Check.That(content is not null);
            snapshot = Write(metadata, parent, content, context);
            Verify(table, context);
            Settle();
            KillPoint.Hit("commit.list-written");
        }
        finally
        {
            while (underWay.TryDequeue(out var left)) left.Writer.Dispose();
        }
        List<MetadataUpdate> updates =
        [
            new MetadataUpdate.AddSnapshot(snapshot),
            new MetadataUpdate.SetSnapshotRef(branch, reference is null ? new SnapshotRef(snapshot.SnapshotId, IsBranch: true) : reference with { SnapshotId = snapshot.SnapshotId }),
        ];
        if (!content.Properties.IsEmpty) updates.Add(new MetadataUpdate.SetProperties(content.Properties));
        return new ActionResult.Change([.. updates],
        [
            new TableRequirement.AssertTableUuid(metadata.Uuid),
            new TableRequirement.AssertRefSnapshotId(branch, parent?.SnapshotId),
        ]);
    }

    public sealed override void CleanUp(TableMetadata? landed, ActionContext context)
    {
        Forget();
        unstored.Clear();
        var named = new HashSet<string>(StringComparer.Ordinal);
        if (landed is not null)
        {
            // Which attempt it was, its list says; what that names is known without asking the store.
            if (snapshotId is not { } id || landed.FindSnapshot(id)?.ManifestList is not { } list
                || !namedBy.TryGetValue(list, out var manifests)) return;
            named.Add(list);
            foreach (var manifest in manifests) named.Add(manifest.Path);
        }
        foreach (var path in written.Where(p => !named.Contains(p)).ToList())
        {
            _ = context.Store.Delete(path);
            written.Remove(path);
        }
    }

    /// <summary>Either a result that ends the attempt, or null and the snapshot's content for this base.</summary>
    private protected abstract ActionResult? Decide(Table table, Snapshot? parent, ActionContext context, out SnapshotContent? content);

    /// <summary>Manifests kept for later attempts are about to go: one that is made after all writes its own.</summary>
    private protected abstract void Forget();

    /// <summary>Looks at what the store has of the files that are added, while manifests are on their way.</summary>
    private protected virtual void Verify(Table table, ActionContext context)
    {
    }

    /// <summary>Sets a finished manifest on its way, under the action's next name: it is in the store after <see cref="Settle"/>.</summary>
    private protected ManifestFile Store(TableMetadata table, ManifestWriter writer, ActionContext context)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{table.MetadataFolder}/{uuid}-m{manifests++}.avro");
        var (bytes, manifest) = writer.Finish(path);
        unstored[path] = bytes;
        Begin(path, bytes, context);
        return manifest;
    }

    /// <summary>What is on its way has arrived afterwards.</summary>
    private protected void Settle()
    {
        while (underWay.Count > 0) CompleteOldest();
    }

    private Snapshot Write(TableMetadata table, Snapshot? parent, SnapshotContent content, ActionContext context)
    {
        var id = snapshotId!.Value;
        var sequence = table.LastSequenceNumber + 1;
        var list = ManifestListFile.Write(table.FormatVersion, id, parent?.SnapshotId, sequence, table.NextRowId, content.Manifests);
        var path = string.Create(CultureInfo.InvariantCulture, $"{table.MetadataFolder}/snap-{id}-{++lists}-{uuid}.avro");
        var newest = table.Snapshots.IsEmpty ? 0 : table.Snapshots[^1].TimestampMs;
        var summary = content.Summary.Build(content.Operation, parent, ManifestCounts.Of(list.Manifests),
            [.. content.ExtraSummary, KeyValuePair.Create(SummaryKeys.EngineName, EngineName), KeyValuePair.Create(SummaryKeys.EngineVersion, EngineVersion)]);
        var snapshot = new Snapshot
        {
            SnapshotId = id,
            ParentSnapshotId = parent?.SnapshotId,
            SequenceNumber = sequence,
            TimestampMs = Math.Max(context.Clock.UnixMs, Math.Max(newest, table.LastUpdatedMs)),
            ManifestList = path,
            Summary = summary,
            SchemaId = table.CurrentSchemaId,
            FirstRowId = table.FormatVersion >= 3 ? table.NextRowId : null,
            AddedRows = table.FormatVersion >= 3 ? list.NextRowId - table.NextRowId : null,
        };
        CommitInvariants.Check(table, parent, snapshot, content, list.Manifests);
        namedBy[path] = list.Manifests;
        Begin(path, list.Bytes, context);
        context.Lists.Keep(path, list.Bytes);
        return snapshot;
    }

    private void Begin(string path, byte[] bytes, ActionContext context)
    {
        if (underWay.Count == MostUnderWay) CompleteOldest();
        written.Add(path);
        var writer = context.Store.Create(path);
        underWay.Enqueue((path, writer));
        writer.Write(bytes);
        writer.BeginComplete();
    }

    private void CompleteOldest()
    {
        var (path, writer) = underWay.Peek();
        writer.Complete();
        writer.Dispose();
        underWay.Dequeue();
        if (unstored.Remove(path)) KillPoint.Hit("commit.manifest-written");
    }

    /// <summary>A random positive number of 52 bits: readers that hold numbers as doubles keep it exact.</summary>
    private static SnapshotId NewSnapshotId(TableMetadata table, IRandom random)
    {
        while (true)
        {
            var id = new SnapshotId(random.NextInt64((1L << 52) - 1) + 1);
            if (table.FindSnapshot(id) is null) return id;
        }
    }
}
