using System.Collections.Immutable;
using K2I.Iceberg;
using K2I.Maintenance;

namespace K2I.Pipeline;

/// <summary>What jobs carry on and leave alone of a running table, or of its dead letters, which this process gives to no reader.</summary>
internal sealed class TableUse(TableHandle table, EngineContext engine, bool isLetters) : ITableUse
{
    public ImmutableSortedDictionary<string, string> SummaryOf(Table onto) => OffsetCarrier.Instance.SummaryOf(onto);

    public ImmutableSortedDictionary<string, string> FileMetadataOf(IReadOnlyList<IReadOnlyDictionary<string, string>> replaced) =>
        OffsetCarrier.Instance.FileMetadataOf(replaced);

    /// <summary>The snapshot that readers are given now, and those that they were given a while ago.</summary>
    public ImmutableHashSet<SnapshotId> SnapshotsInUse()
    {
        if (isLetters || table.ShownTable is not { } shown) return [];
        var since = engine.Services.Clock.UnixMs - engine.Options.Maintenance.LongestReadMs;
        var used = ImmutableHashSet.CreateBuilder<SnapshotId>();
        if (shown.Metadata.CurrentSnapshot is { } current) used.Add(current.SnapshotId);
        foreach (var recent in shown.Metadata.Snapshots.Where(s => s.TimestampMs >= since))
        {
            used.Add(recent.SnapshotId);
            if (recent.ParentSnapshotId is { } parent) used.Add(parent);
        }
        return used.ToImmutable();
    }

    public bool IsInUse(string location) => table.FlushIds.Any(id => location.Contains(id, StringComparison.Ordinal));
}
