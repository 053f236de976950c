using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>
/// Says whether a table's manifests are too many for what they hold, or so badly sorted that a reader of one partition opens most of them.
/// Pure.
/// </summary>
public static class ManifestPlanner
{
    /// <summary>Fewer large manifests than this are opened quickly, however they lie.</summary>
    private const int LeastToSort = 8;

    /// <summary>Null: they are well as they are.</summary>
    /// <param name="table">The table as it is.</param>
    /// <param name="manifests">Those of its current snapshot.</param>
    /// <param name="policy">How many and how sorted they are to be.</param>
    public static ManifestPlan? Plan(TableMetadata table, IReadOnlyList<ManifestFile> manifests, ManifestPolicy policy)
    {
        var target = table.LongProperty(TableProperties.ManifestTargetBytes, TableProperties.DefaultManifestTargetBytes);
        foreach (var group in manifests.Where(m => m.MayHaveLiveFiles).GroupBy(m => (m.Content, m.SpecId)))
        {
            if (!RewriteManifests.CanRewrite(table, group.Key.SpecId)) continue;
            var word = group.Key.Content == ManifestContent.Data ? "data" : "delete";
            var small = group.Where(m => m.Length < target / 2).ToList();
            var bytes = small.Sum(m => m.Length);
            var needed = (bytes + target - 1) / target;
            if (small.Count > policy.MostSmall && small.Count > 2 * needed)
                return new ManifestPlan(
                    string.Create(CultureInfo.InvariantCulture,
                        $"{small.Count} {word} manifests of {Units.FormatBytes(bytes / small.Count)} "
                        + $"on average, where {needed} of {Units.FormatBytes(target)} would do"), All: false);
            if (Overlap(table, [.. group]) is { } overlap && overlap > policy.MostOverlap)
                return new ManifestPlan(
                    string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {word} manifests, of which two overlap in "
                        + $"{table.FindSpec(group.Key.SpecId)!.Fields[0].Name} in {overlap * 100:0} of 100 cases"), All: true);
        }
        return null;
    }

    /// <summary>
    /// How many of all pairs have values of the first partition field in common, but for one at their border; null where that says nothing.
    /// </summary>
    private static double? Overlap(TableMetadata table, ImmutableArray<ManifestFile> manifests)
    {
        if (manifests.Length < LeastToSort || table.FindSpec(manifests[0].SpecId) is not { Fields.Length: > 0 } spec) return null;
        if (table.PartitionTypes(spec)[0] is not { } type) return null;
        var ranges = manifests.Where(m => m.Partitions is [{ LowerBound: not null, UpperBound: not null }, ..])
            .Select(m => (Lower: m.Partitions[0].LowerBound!, Upper: m.Partitions[0].UpperBound!))
            .Order(Comparer<(byte[] Lower, byte[] Upper)>.Create((a, b) => SingleValue.Compare(type, a.Lower, b.Lower))).ToList();
        if (ranges.Count < LeastToSort) return null;
        long overlapping = 0;
        for (var one = 0; one < ranges.Count; one++)
        {
            for (var other = one + 1; other < ranges.Count && IsBefore(type, ranges[other].Lower, ranges[one].Upper); other++)
                if (IsBefore(type, ranges[one].Lower, ranges[other].Upper)) overlapping++;
        }
        return overlapping / (ranges.Count * (ranges.Count - 1) / 2.0);
    }

    private static bool IsBefore(DataType type, byte[] one, byte[] other) => SingleValue.Compare(type, one, other) < 0;
}
