using System.Collections.Immutable;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Moves, makes and removes branches and tags; steps are applied in order, in one commit that makes no snapshot.</summary>
/// <remarks>
/// What a ref pointed at when the action was first applied must hold in every later attempt: a rollback decided on one head is not carried out on
/// another that came meanwhile, the action aborts instead.
/// </remarks>
public sealed class ManageRefs : TableAction
{
    private readonly List<Func<TableMetadata, MetadataUpdate?>> steps = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private Dictionary<string, SnapshotId?>? seen;
    private TableMetadata? wanted;

    /// <summary>Makes a branch; null: at the current snapshot.</summary>
    public ManageRefs CreateBranch(string name, SnapshotId? snapshotId = null) => Step(name, t => Create(t, name, snapshotId, isBranch: true));

    public ManageRefs CreateTag(string name, SnapshotId? snapshotId = null) => Step(name, t => Create(t, name, snapshotId, isBranch: false));

    /// <summary>Points a branch or tag at another snapshot, whatever its history.</summary>
    public ManageRefs Replace(string name, SnapshotId snapshotId) => Step(name, t => Set(t, name, Ref(t, name) with { SnapshotId = Known(t, snapshotId).SnapshotId }));

    public ManageRefs Remove(string name) => Step(name, t => name == SnapshotRef.Main ? throw Invalid(t, "branch main cannot be removed") : new MetadataUpdate.RemoveSnapshotRef(Named(t, name)));

    /// <summary>Moves a branch on to where another is, which must come after it.</summary>
    public ManageRefs FastForward(string name, string to) => Step(name, t =>
    {
        var target = Ref(t, to).SnapshotId;
        if (!t.Refs.ContainsKey(name)) return Set(t, name, new SnapshotRef(target, IsBranch: true));
        if (t.Ancestors(to).All(s => s.SnapshotId != Ref(t, name).SnapshotId)) throw Invalid(t, $"branch '{to}' does not come after '{name}'");
        return Set(t, name, Ref(t, name) with { SnapshotId = target });
    });

    /// <summary>Moves a branch back to one of its earlier snapshots.</summary>
    public ManageRefs RollbackTo(SnapshotId snapshotId, string branch = SnapshotRef.Main) => Step(branch, t =>
        t.Ancestors(branch).Any(s => s.SnapshotId == snapshotId)
            ? Set(t, branch, Ref(t, branch) with { SnapshotId = snapshotId })
            : throw Invalid(t, $"snapshot {snapshotId} is not in the history of branch '{branch}'"));

    /// <summary>Moves main back to the newest snapshot of its history that is older.</summary>
    public ManageRefs RollbackToBefore(long timestampMs) => Step(SnapshotRef.Main, t =>
        t.Ancestors().FirstOrDefault(s => s.TimestampMs < timestampMs) is { } snapshot
            ? Set(t, SnapshotRef.Main, Ref(t, SnapshotRef.Main) with { SnapshotId = snapshot.SnapshotId })
            : throw Invalid(t, $"main has no snapshot older than {timestampMs}"));

    /// <summary>Makes any snapshot of the table the current one.</summary>
    public ManageRefs SetCurrent(SnapshotId snapshotId) => Step(SnapshotRef.Main, t =>
    {
        var id = Known(t, snapshotId).SnapshotId;
        return Set(t, SnapshotRef.Main, t.Refs.TryGetValue(SnapshotRef.Main, out var main) ? main with { SnapshotId = id } : new SnapshotRef(id, IsBranch: true));
    });

    /// <summary>Sets how long a branch's snapshots (branches only) and the ref itself are kept; null: as the table says.</summary>
    public ManageRefs Retain(string name, int? minSnapshotsToKeep = null, long? maxSnapshotAgeMs = null, long? maxRefAgeMs = null) => Step(name, t =>
    {
        if (!Ref(t, name).IsBranch && (minSnapshotsToKeep is not null || maxSnapshotAgeMs is not null)) throw Invalid(t, $"tag '{name}' has no snapshots to keep");
        if (minSnapshotsToKeep <= 0 || maxSnapshotAgeMs <= 0 || maxRefAgeMs <= 0) throw Invalid(t, "ages and numbers of snapshots are above 0");
        return Set(t, name, Ref(t, name) with { MinSnapshotsToKeep = minSnapshotsToKeep, MaxSnapshotAgeMs = maxSnapshotAgeMs, MaxRefAgeMs = maxRefAgeMs });
    });

    public override ActionResult Apply(Table table, ActionContext context)
    {
        var metadata = table.Metadata;
        if (metadata.FormatVersion < 2) throw new EngineException(ErrorKind.Unsupported, $"table {table.Ident} has format version 1, which is read only; upgrade it to version 2 first");
        var now = names.ToDictionary(n => n, n => metadata.Refs.TryGetValue(n, out var r) ? r.SnapshotId : (SnapshotId?)null, StringComparer.Ordinal);
        seen ??= now;
        foreach (var (name, snapshot) in now)
            if (seen[name] != snapshot) return new ActionResult.Abort($"ref '{name}' points at {snapshot?.ToString() ?? "nothing"} now, it pointed at {seen[name]?.ToString() ?? "nothing"} before");
        var updates = Updates(metadata);
        if (updates.Count == 0) return new ActionResult.AlreadyDone("the refs are so already");
        return new ActionResult.Change([.. updates], [new TableRequirement.AssertTableUuid(metadata.Uuid), .. now.Select(n => new TableRequirement.AssertRefSnapshotId(n.Key, n.Value))]);
    }

    /// <summary>True if every ref is where the last attempt put it.</summary>
    public override bool HasLanded(TableMetadata table) => wanted is { } end && names.All(n => end.Refs.GetValueOrDefault(n) == table.Refs.GetValueOrDefault(n));

    private List<MetadataUpdate> Updates(TableMetadata table)
    {
        var updates = new List<MetadataUpdate>();
        var at = table;
        foreach (var step in steps)
        {
            if (step(at) is not { } update) continue;
            updates.Add(update);
            at = update switch
            {
                MetadataUpdate.SetSnapshotRef set => at with { Refs = at.Refs.SetItem(set.Name, set.Ref) },
                MetadataUpdate.RemoveSnapshotRef remove => at with { Refs = at.Refs.Remove(remove.Name) },
                _ => at,
            };
        }
        wanted = at;
        return updates;
    }

    private ManageRefs Step(string name, Func<TableMetadata, MetadataUpdate?> step)
    {
        names.Add(name);
        steps.Add(step);
        return this;
    }

    private static MetadataUpdate.SetSnapshotRef? Set(TableMetadata table, string name, SnapshotRef reference) =>
        table.Refs.TryGetValue(name, out var old) && old == reference ? null : new MetadataUpdate.SetSnapshotRef(name, reference);

    private static MetadataUpdate.SetSnapshotRef? Create(TableMetadata table, string name, SnapshotId? snapshotId, bool isBranch)
    {
        var id = snapshotId ?? table.CurrentSnapshotId ?? throw Invalid(table, $"there is no snapshot for '{name}' to point at");
        var reference = new SnapshotRef(Known(table, id).SnapshotId, isBranch);
        if (table.Refs.TryGetValue(name, out var old) && (old.SnapshotId, old.IsBranch) != (id, isBranch)) throw new EngineException(ErrorKind.AlreadyExists, $"table at {table.Location}: ref '{name}' exists already");
        return old is null ? new MetadataUpdate.SetSnapshotRef(name, reference) : null;
    }

    private static string Named(TableMetadata table, string name)
    {
        _ = Ref(table, name);
        return name;
    }

    private static SnapshotRef Ref(TableMetadata table, string name) =>
        table.Refs.TryGetValue(name, out var reference) ? reference : throw new EngineException(ErrorKind.NotFound, $"table at {table.Location} has no branch or tag '{name}'");

    private static Snapshot Known(TableMetadata table, SnapshotId id) => table.FindSnapshot(id) ?? throw new EngineException(ErrorKind.NotFound, $"table at {table.Location} has no snapshot {id}");

    private static EngineException Invalid(TableMetadata table, string why) => new(ErrorKind.Invalid, $"table at {table.Location}: {why}");
}
