using System.Collections.Immutable;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>
/// Takes old snapshots out of a table's metadata, and refs that are past their age. Their files stay: <see cref="ExpiredFiles"/> says afterwards which
/// of them nothing needs any more.
/// </summary>
/// <remarks>
/// Kept: of each branch the newest snapshots, as many as are to be kept and all that are young enough; what refs point at; snapshots of no branch that
/// are young enough. A ref's own settings come before the table's properties (<c>history.expire.*</c>). Rules: Iceberg Java's RemoveSnapshots.
/// </remarks>
public sealed class ExpireSnapshots : TableAction
{
    private ExpiringSnapshots removed = ExpiringSnapshots.None;

    /// <summary>Snapshots older than this go; null: as old as <c>history.expire.max-snapshot-age-ms</c> says.</summary>
    public long? OlderThanMs { get; init; }

    /// <summary>How many snapshots of each branch stay whatever their age; null: as <c>history.expire.min-snapshots-to-keep</c> says.</summary>
    public int? RetainLast { get; init; }

    /// <summary>Go whatever their age; one that a ref points at is Invalid.</summary>
    public ImmutableArray<SnapshotId> SnapshotIds { get; init; } = [];

    /// <summary>
    /// Stay whatever their age: they are read at the moment. What lies between them and the others goes, as it does around a tag.
    /// </summary>
    public ImmutableHashSet<SnapshotId> InUse { get; init; } = [];

    /// <summary>Asked in every attempt for table properties to be set with it, by the table and the snapshots that go.</summary>
    public Func<TableMetadata, ImmutableArray<SnapshotId>, ImmutableSortedDictionary<string, string>>? PropertiesOf { get; init; }

    public override ActionResult Apply(Table table, ActionContext context)
    {
        var metadata = table.Metadata;
        if (metadata.FormatVersion < 2) throw new EngineException(ErrorKind.Unsupported, $"table {table.Ident} has format version 1, which is read only; upgrade it to version 2 first");
        removed = Choose(metadata, context.Clock.UnixMs);
        if (removed.IsEmpty) return new ActionResult.AlreadyDone("no snapshot is old enough");
        var properties = PropertiesOf?.Invoke(metadata, removed.Snapshots) ?? SummaryKeys.Empty;
        ImmutableArray<MetadataUpdate> updates =
        [
            .. properties.IsEmpty ? [] : (ImmutableArray<MetadataUpdate>)[new MetadataUpdate.SetProperties(properties)],
            .. removed.Refs.Select(r => new MetadataUpdate.RemoveSnapshotRef(r)),
            .. removed.Snapshots.IsEmpty ? [] : (ImmutableArray<MetadataUpdate>)[new MetadataUpdate.RemoveSnapshots(removed.Snapshots)],
        ];
        // A branch that moved may have come to need what goes: every ref must be where it was.
        return new ActionResult.Change(updates, [new TableRequirement.AssertTableUuid(metadata.Uuid), .. metadata.Refs.Select(r => new TableRequirement.AssertRefSnapshotId(r.Key, r.Value.SnapshotId))]);
    }

    public override bool HasLanded(TableMetadata table) =>
        !removed.IsEmpty && removed.Snapshots.All(id => table.FindSnapshot(id) is null)
            && removed.Refs.All(r => !table.Refs.ContainsKey(r));

    /// <summary>What would go of a table now.</summary>
    /// <exception cref="EngineException">Invalid: a setting that keeps nothing of a branch, or one of <see cref="SnapshotIds"/> that a ref
    /// points at.</exception>
    public ExpiringSnapshots Choose(TableMetadata table, long nowMs)
    {
        var oldest = OlderThanMs ?? nowMs - table.LongProperty(TableProperties.MaxSnapshotAge, TableProperties.DefaultMaxSnapshotAgeMs);
        var keep = RetainLast ?? (int)Math.Min(int.MaxValue, table.LongProperty(TableProperties.MinSnapshotsToKeep, 1));
        if (keep < 1) throw new EngineException(ErrorKind.Invalid, $"table at {table.Location}: of a branch at least one snapshot is kept, not {keep}");
        var maxRefAge = table.LongProperty(TableProperties.MaxRefAge, long.MaxValue);

        var refs = table.Refs.Where(r => r.Key == SnapshotRef.Main || nowMs - (table.FindSnapshot(r.Value.SnapshotId)?.TimestampMs ?? 0) <= (r.Value.MaxRefAgeMs ?? maxRefAge)).ToList();
        var kept = refs.Select(r => r.Value.SnapshotId).ToHashSet();
        var onBranches = new HashSet<SnapshotId>();
        foreach (var (name, reference) in refs.Where(r => r.Value.IsBranch))
        {
            var youngEnough = reference.MaxSnapshotAgeMs is { } age ? nowMs - age : oldest;
            var count = 0;
            var keeping = true;
            foreach (var snapshot in table.Ancestors(name))
            {
                onBranches.Add(snapshot.SnapshotId);
                keeping &= count++ < (reference.MinSnapshotsToKeep ?? keep) || snapshot.TimestampMs >= youngEnough;
                if (keeping) kept.Add(snapshot.SnapshotId);
            }
        }
        foreach (var tag in refs.Where(r => !r.Value.IsBranch)) onBranches.Add(tag.Value.SnapshotId);
        foreach (var snapshot in table.Snapshots)
            if (!onBranches.Contains(snapshot.SnapshotId) && snapshot.TimestampMs >= oldest) kept.Add(snapshot.SnapshotId);
        foreach (var id in SnapshotIds)
        {
            if (refs.FirstOrDefault(r => r.Value.SnapshotId == id) is { Key: { } held }) throw new EngineException(ErrorKind.Invalid, $"table at {table.Location}: snapshot {id} cannot expire, ref '{held}' points at it");
            kept.Remove(id);
        }
        kept.UnionWith(InUse);
        return new ExpiringSnapshots(
            [.. table.Snapshots.Select(s => s.SnapshotId).Where(id => !kept.Contains(id))],
            [.. table.Refs.Keys.Except(refs.Select(r => r.Key), StringComparer.Ordinal)]);
    }
}
