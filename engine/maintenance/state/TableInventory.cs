using System.Collections.Immutable;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Maintenance;

/// <summary>
/// A table as planners see it: its metadata, and what its current snapshot is made of. Immutable; read once for all planners of a round.
/// </summary>
/// <remarks>
/// Memory: some hundred bytes a file. Metrics are kept only of columns that the policy goes by, of retention and of Z-order; all of
/// them where it has a condition on files.
/// </remarks>
/// <param name="Table">As loaded.</param>
/// <param name="Snapshot">The current one; null for a table without any.</param>
/// <param name="Manifests">Its manifests, in list order.</param>
/// <param name="Files">
/// Its live data files, each with the delete files that may concern it, in order of data sequence number, then location.
/// </param>
public sealed record TableInventory(Table Table, Snapshot? Snapshot, ImmutableArray<ManifestFile> Manifests, ImmutableArray<ScanTask> Files)
{
    /// <summary>Reads the manifest list and every manifest with live files.</summary>
    public static TableInventory Read(Table table, IObjectStore store, MaintenancePolicy policy)
    {
        if (table.Metadata.CurrentSnapshot is not { } snapshot) return new(table, null, [], []);
        var schema = table.Metadata.CurrentSchema;
        var metricsOf = policy.Compaction?.Order is { Kind: RowOrderKind.ZOrder } order
            ? order.FieldsIn(schema).Select(f => f.Id).ToHashSet() : [];
        if (policy.Retention is { } retention && schema.FindByPath(retention.Column) is { } column) metricsOf.Add(column.Id);
        var scan = new TableScan(table, store, new ScanRequest { MetricsOf = policy.Compaction?.Where is null ? metricsOf : null });
        return new(table, snapshot, [.. new ManifestReader(store).Manifests(table.Metadata, snapshot)], scan.Plan());
    }
}
