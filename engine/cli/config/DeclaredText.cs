using K2I.Base;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Cli.Config;

/// <summary>Checks texts whose grammar belongs to other modules, to name what is wrong before anything starts.</summary>
internal static class DeclaredText
{
    /// <summary>Where in the text and what, or null for good columns.</summary>
    public static (int At, string Flaw)? ColumnsFlaw(string text)
    {
        if (!ColumnText.TryParse(text, out var fields, out var error)) return (error.Position, error.Message);
        return fields.IsEmpty ? (0, "there is no column") : null;
    }

    /// <summary>What is wrong with columns, schema file and partitioning together; null if nothing is, or if only the records can tell.</summary>
    public static string? TableFlaw(TableOptions table, int formatVersion)
    {
        try
        {
            return TableCheck.DeclaredSchema(table) is { } schema && FormatRules.Refusal(schema, formatVersion) is { } refusal ? $"{refusal} ([iceberg] format_version = 3)" : null;
        }
        catch (EngineException error)
        {
            return error.Message;
        }
    }

    /// <summary>Why the column can have no timestamp unit of its own, once <see cref="TableFlaw"/> finds nothing; null if it can, or if only the records can tell.</summary>
    public static string? UnitFlaw(TableOptions table, string column) =>
        TableCheck.DeclaredSchema(table) is { } schema ? JsonDecoder.UnitFlaw(schema, column, table.UnknownFields) : null;
}
