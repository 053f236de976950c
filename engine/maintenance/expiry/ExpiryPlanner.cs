using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>Says which snapshots of a table are past their time. Pure.</summary>
public static class ExpiryPlanner
{
    /// <summary>Null: nothing is, or the table's property <c>gc.enabled</c> says that somebody else decides about its files.</summary>
    /// <param name="table">The table as it is.</param>
    /// <param name="policy">Its policy; the table's own properties come before it.</param>
    /// <param name="inUse">Snapshots that stay.</param>
    /// <param name="nowMs">The time, in Unix milliseconds.</param>
    public static ExpiryPlan? Plan(TableMetadata table, ExpiryPolicy policy, ImmutableHashSet<SnapshotId> inUse, long nowMs)
    {
        if (GarbageRule.Refusal(table) is not null) return null;
        var expiring = ActionOf(table, policy, inUse, nowMs).Choose(table, nowMs);
        return expiring.IsEmpty ? null : new ExpiryPlan(Reason(table, policy, expiring), policy);
    }

    /// <summary>The action that does it: made anew for each commit, as time passes and snapshots come into use.</summary>
    internal static ExpireSnapshots ActionOf(TableMetadata table, ExpiryPolicy policy, ImmutableHashSet<SnapshotId> inUse, long nowMs)
    {
        bool Decides(string property) => policy.Insists || table.Property(property) is null;
        return new ExpireSnapshots
        {
            OlderThanMs = Decides(TableProperties.MaxSnapshotAge) && policy.MaxAgeMs is { } age ? nowMs - age : null,
            RetainLast = Decides(TableProperties.MinSnapshotsToKeep) ? policy.MinSnapshots : null,
            InUse = inUse,
            PropertiesOf = WrittenBytes.PropertiesOf,
        };
    }

    private static string Reason(TableMetadata table, ExpiryPolicy policy, ExpiringSnapshots expiring)
    {
        var usual = policy.MaxAgeMs ?? TableProperties.DefaultMaxSnapshotAgeMs;
        var age = policy.Insists ? usual : table.LongProperty(TableProperties.MaxSnapshotAge, usual);
        var refs = expiring.Refs.IsEmpty ? "" : $"; refs past their age: {string.Join(", ", expiring.Refs)}";
        return string.Create(CultureInfo.InvariantCulture,
            $"{expiring.Snapshots.Length} of {table.Snapshots.Length} snapshots are older than {Units.FormatMs(age)}{refs}");
    }
}
