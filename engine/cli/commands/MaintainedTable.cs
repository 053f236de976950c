using K2I.Iceberg;
using K2I.Maintenance;
using K2I.Pipeline;

namespace K2I.Cli.Commands;

/// <summary>Finds what the configuration says of how a table of the catalog is kept in shape.</summary>
internal static class MaintainedTable
{
    /// <summary>
    /// That of its own section, else of the template that made it: one that matches a topic whose offsets the table carries. Any other
    /// table is kept as Iceberg's defaults and its own
    /// properties say; nothing is known of how long its rows are to be kept.
    /// </summary>
    public static MaintenancePolicy PolicyOf(EngineOptions? options, Catalogs catalogs, Table table)
    {
        if (options is null) return new MaintenancePolicy();
        if (options.Tables.FirstOrDefault(t => catalogs.IdentOf(t.Name).Equals(table.Ident)) is { } own) return own.Maintenance;
        foreach (var template in options.Templates)
        {
            if (template.Overrides.TryGetValue(table.Ident.ToString(), out var single)) return single.Maintenance;
            var patterns = template.Topics.Select(t => new TopicPattern(t)).ToList();
            if (OffsetMap.Of(table).Topics.Any(t => patterns.Any(p => p.Matches(t.Key)))) return template.Options.Maintenance;
        }
        return new MaintenancePolicy();
    }
}
