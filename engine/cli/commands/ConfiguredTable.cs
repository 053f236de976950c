using K2I.Base;
using K2I.Cli.Config;
using K2I.Pipeline;

namespace K2I.Cli.Commands;

/// <summary>Finds the table that a command line names in the configuration.</summary>
internal static class ConfiguredTable
{
    /// <summary>The table of that name, or of that full name; where there are templates, also one that they could have made. Throws
    /// NotFound.</summary>
    public static TableOptions Find(EngineOptions options, string name)
    {
        foreach (var table in options.Tables)
            if (table.Name == name || $"{options.Iceberg.Namespace}.{table.Name}" == name) return table;
        if (!options.Templates.IsEmpty && Names.IsDotted(name))
        {
            var full = name.Contains('.', StringComparison.Ordinal) ? name : $"{options.Iceberg.Namespace}.{name}";
            return (options.Templates.FirstOrDefault(t => t.Overrides.ContainsKey(full))?.Overrides[full]
                ?? options.Templates[0].Options) with
            { Name = name };
        }
        // What came from the command line may hold anything; what is printed must not move the cursor.
        var shown = string.Concat(name.Take(60).Select(c => char.IsControl(c) ? ' ' : c));
        var hint = Nearest.Hint(name,
            options.Tables.Select(t => t.Name)) ?? $"there are {string.Join(", ", options.Tables.Select(t => t.Name))}";
        throw new EngineException(ErrorKind.NotFound, $"there is no [table.{shown}] in the configuration; {hint}");
    }
}
