using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>Says whether a table's statistics are too old. Pure.</summary>
/// <remarks>
/// Where rows only came since older statistics, those are gone on from, and only the new rows are read. A replacement (compaction) changes
/// no row. After a delete or overwrite all rows
/// are read: a value that is gone cannot be taken out of a sketch.
/// </remarks>
public static class StatisticsPlanner
{
    /// <summary>Of a snapshot's summary: how many rows it brought or took.</summary>
    private static readonly string[] Changes =
        [SummaryKeys.AddedRecords, SummaryKeys.DeletedRecords, SummaryKeys.AddedPositionDeletes, SummaryKeys.AddedEqualityDeletes];

    /// <summary>Null: they are good enough, or there are no rows.</summary>
    public static StatisticsPlan? Plan(TableMetadata table, StatisticsPolicy policy)
    {
        if (table.CurrentSnapshot is not { } current) return null;
        var total = Count(current, SummaryKeys.TotalRecords);
        long changed = 0;
        var onlyGrown = true;
        foreach (var snapshot in table.Ancestors())
        {
            if (table.Statistics.FirstOrDefault(s => s.SnapshotId == snapshot.SnapshotId) is { } found)
            {
                if (snapshot.SnapshotId == current.SnapshotId || changed <= policy.MostNewRows * total) return null;
                var text = $"{changed} of {total} rows came or went since the statistics of snapshot {snapshot.SnapshotId}";
                return new StatisticsPlan(text, onlyGrown ? found : null);
            }
            if (snapshot.Operation == "replace") continue;
            changed += Changes.Sum(key => Count(snapshot, key));
            onlyGrown &= snapshot.Operation == "append";
        }
        return new StatisticsPlan("there are no statistics", null);
    }

    private static long Count(Snapshot snapshot, string key) =>
        snapshot.Summary.TryGetValue(key, out var text) && TableMetadata.TryNumber(text, out var count) ? count : 0;
}
