using K2I.Base;

namespace K2I.Iceberg;

/// <summary>What must hold of a table at the moment a commit lands, as the REST protocol names them. One that does not hold is a Conflict: reload and decide again.</summary>
public abstract record TableRequirement
{
    private TableRequirement()
    {
    }

    /// <summary>Why the requirement does not hold of <paramref name="table"/> (null: there is no table); null if it holds.</summary>
    public abstract string? Violation(TableMetadata? table);

    /// <summary>Throws a Conflict if one of the requirements does not hold.</summary>
    public static void Require(IEnumerable<TableRequirement> requirements, TableMetadata? table, TableIdent ident)
    {
        foreach (var requirement in requirements)
            if (requirement.Violation(table) is { } why) throw new EngineException(ErrorKind.Conflict, $"table {ident}: {why}");
    }

    public sealed record AssertCreate : TableRequirement
    {
        public override string? Violation(TableMetadata? table) => table is null ? null : "the table exists already";
    }

    public sealed record AssertTableUuid(string Uuid) : TableRequirement
    {
        public override string? Violation(TableMetadata? table) => Same("uuid", Uuid, table?.Uuid);
    }

    /// <summary>The ref points at the snapshot; null: the ref is not there.</summary>
    public sealed record AssertRefSnapshotId(string Ref, SnapshotId? SnapshotId) : TableRequirement
    {
        public override string? Violation(TableMetadata? table) =>
            Same($"snapshot of ref '{Ref}'", SnapshotId, table is not null && table.Refs.TryGetValue(Ref, out var target) ? target.SnapshotId : null);
    }

    public sealed record AssertLastAssignedFieldId(int LastAssignedFieldId) : TableRequirement
    {
        public override string? Violation(TableMetadata? table) => Same("last assigned field id", LastAssignedFieldId, table?.LastColumnId);
    }

    public sealed record AssertCurrentSchemaId(int CurrentSchemaId) : TableRequirement
    {
        public override string? Violation(TableMetadata? table) => Same("current schema", CurrentSchemaId, table?.CurrentSchemaId);
    }

    public sealed record AssertLastAssignedPartitionId(int LastAssignedPartitionId) : TableRequirement
    {
        public override string? Violation(TableMetadata? table) => Same("last assigned partition id", LastAssignedPartitionId, table?.LastPartitionId);
    }

    public sealed record AssertDefaultSpecId(int DefaultSpecId) : TableRequirement
    {
        public override string? Violation(TableMetadata? table) => Same("default partition spec", DefaultSpecId, table?.DefaultSpecId);
    }

    public sealed record AssertDefaultSortOrderId(int DefaultSortOrderId) : TableRequirement
    {
        public override string? Violation(TableMetadata? table) => Same("default sort order", DefaultSortOrderId, table?.DefaultSortOrderId);
    }

    private static string? Same<T>(string what, T expected, T? actual) =>
        EqualityComparer<T>.Default.Equals(expected, actual) ? null : $"its {what} is {actual?.ToString() ?? "none"}, {expected?.ToString() ?? "none"} was expected";
}
