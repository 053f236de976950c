using K2I.Base;
using K2I.Columns;
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

    /// <summary>What is wrong with columns, schema file and partitioning together; nothing if only the records can tell.</summary>
    public static IEnumerable<TableFlaw> TableFlaws(TableOptions table, int formatVersion)
    {
        try
        {
            if (TableCheck.NameClashes(table) is { Count: > 0 } clashes) return clashes.Select(c => FlawOf(c, table));
            var refusal = TableCheck.DeclaredSchema(table) is { } schema ? FormatRules.Refusal(schema, formatVersion) : null;
            return refusal is null ? [] : [new(null, refusal, "[iceberg] format_version = 3")];
        }
        catch (EngineException error)
        {
            return [new(null, error.Message, null)];
        }
    }

    /// <summary>Why the column can have no timestamp unit of its own, once <see cref="TableFlaws"/> finds nothing; null if it can, or if only the records can tell.</summary>
    public static string? UnitFlaw(TableOptions table, string column) =>
        TableCheck.DeclaredSchema(table) is { } schema ? JsonDecoder.UnitFlaw(schema, column, table.UnknownFields) : null;

    private static TableFlaw FlawOf(NameClash clash, TableOptions table)
    {
        int? at = table.Columns is { } text ? ColumnText.PlaceOf(text, clash.Path) : null;
        var isKafka = table.KafkaColumn && clash.Other.Split('.')[0] == KafkaColumn.Name;
        return new(at, clash.ToString(), isKafka ? "kafka_column = false leaves that one out" : clash.Advice);
    }
}
