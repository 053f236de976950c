using K2I.Base;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>
/// Says whether a table's folder may be looked through for files that it does not name. Whether there are any, only the look shows. Pure.
/// </summary>
public static class OrphanPlanner
{
    /// <summary>Null: the table's property <c>gc.enabled</c> says that somebody else decides about its files.</summary>
    public static OrphanPlan? Plan(TableMetadata table, OrphanPolicy policy, IOrphanQuarantine? quarantine = null) =>
        GarbageRule.Refusal(table) is null
            ? new OrphanPlan($"files older than {Units.FormatMs(policy.GraceMs)} that the table does not name, "
                + $"and objects begun and never ended, below {policy.Location ?? table.Location}", policy, quarantine)
            : null;
}
