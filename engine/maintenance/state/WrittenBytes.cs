using System.Collections.Immutable;
using System.Globalization;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>Bytes that snapshots wrote: those of rows that came, and those of rows written again.</summary>
/// <remarks>
/// Sums of snapshots that have expired are carried on in a table property, set in the commit that takes the snapshots out: each counts
/// once, whatever happens to the process. What another engine's expiry takes out is not counted.
/// </remarks>
internal readonly record struct WrittenBytes(long Came, long Again)
{
    /// <summary>Bytes that came and bytes written again, of snapshots that have expired: <c>123 45</c>.</summary>
    public const string Property = "k2i.expired.written-bytes";

    /// <summary>By all of a table's history that is known; null where nothing came.</summary>
    public static double? AmplificationOf(TableMetadata table)
    {
        var all = Of(table.Snapshots) + Expired(table);
        return all.Came == 0 ? null : (double)(all.Came + all.Again) / all.Came;
    }

    /// <summary>What the property is to say once these have expired too.</summary>
    public static ImmutableSortedDictionary<string, string> PropertiesOf(TableMetadata table, ImmutableArray<SnapshotId> going)
    {
        var gone = going.ToHashSet();
        var sum = Expired(table) + Of(table.Snapshots.Where(s => gone.Contains(s.SnapshotId)));
        var none = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        return sum == default ? none : none.Add(Property, string.Create(CultureInfo.InvariantCulture, $"{sum.Came} {sum.Again}"));
    }

    public static WrittenBytes operator +(WrittenBytes one, WrittenBytes other) => new(one.Came + other.Came, one.Again + other.Again);

    private static WrittenBytes Of(IEnumerable<Snapshot> snapshots)
    {
        var sum = default(WrittenBytes);
        foreach (var snapshot in snapshots)
        {
            if (!TryNumber(snapshot.Summary.GetValueOrDefault(SummaryKeys.AddedFilesSize), out var bytes)) continue;
            sum += snapshot.Operation == "replace" ? new(0, bytes) : new(bytes, 0);
        }
        return sum;
    }

    private static WrittenBytes Expired(TableMetadata table) =>
        table.Property(Property)?.Split(' ') is [var came, var again] && TryNumber(came, out var first) && TryNumber(again, out var second)
            ? new(first, second) : default;

    private static bool TryNumber(string? text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
