using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>Whether files of a table may be deleted at all.</summary>
public static class GarbageRule
{
    /// <summary>Why they may not be; null where they may.</summary>
    public static string? Refusal(TableMetadata table) =>
        table.BoolProperty(TableProperties.GarbageCollection, otherwise: true)
            ? null
            : $"its property {TableProperties.GarbageCollection} is false: its files are not its alone, or its catalog looks after them";
}
