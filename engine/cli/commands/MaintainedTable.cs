using K2I.Iceberg;
using K2I.Maintenance;
using K2I.Pipeline;

namespace K2I.Cli.Commands;

/// <summary>What the configuration says of how a table of the catalog is kept in shape.</summary>
/// <param name="Policy">How.</param>
/// <param name="IsOn">Whether a process with the configuration does it by itself; null where the table is none of its.</param>
internal sealed record MaintainedTable(MaintenancePolicy Policy, bool? IsOn)
{
    /// <summary>
    /// As its own section says, else the template that made it: one that matches a topic whose offsets the table carries. Dead letters are
    /// kept as their table. Any other table is kept as Iceberg's defaults and its own properties say; nothing is known of how long its rows
    /// are to be kept.
    /// </summary>
    public static MaintainedTable Of(EngineOptions? options, Catalogs catalogs, Table table)
    {
        if (options is null) return new(new MaintenancePolicy(), null);
        var (ident, topics) = (table.Ident, OffsetMap.Of(table).Topics.Select(t => t.Key).ToList());
        if (OwnOf(options, catalogs, ident) is { } own) return new(own.Maintenance, own.IsMaintained);
        var main = ident.Name.EndsWith(DeadLetterTable.Suffix, StringComparison.Ordinal)
            ? ident with { Name = ident.Name[..^DeadLetterTable.Suffix.Length] } : null;
        var found = (main is null ? null : OwnOf(options, catalogs, main)) ?? ByTemplate(options, main ?? ident, topics);
        return found is null ? new(new MaintenancePolicy(), null)
            : new(main is null ? found.Maintenance : DeadLetterTable.PolicyOf(found.Maintenance), found.IsMaintained);
    }

    private static TableOptions? OwnOf(EngineOptions options, Catalogs catalogs, TableIdent ident) =>
        options.Tables.FirstOrDefault(t => catalogs.IdentOf(t.Name).Equals(ident));

    private static TableOptions? ByTemplate(EngineOptions options, TableIdent ident, List<string> topics)
    {
        foreach (var template in options.Templates)
        {
            if (template.Overrides.TryGetValue(ident.ToString(), out var single)) return single;
            var patterns = template.Topics.Select(t => new TopicPattern(t)).ToList();
            if (topics.Exists(t => patterns.Exists(p => p.Matches(t)))) return template.Options;
        }
        return null;
    }
}
