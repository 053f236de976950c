using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>Whether a table's options hold together, and go with the table that is there: for checks before a start. Changes nothing.</summary>
public static class TableCheck
{
    /// <summary>The schema that the options fix without looking at a record; null if it has to be inferred. Throws Invalid, naming what is wrong.</summary>
    public static Schema? DeclaredSchema(TableOptions options)
    {
        if (TableDecoding.Declared(options) is not { } columns) return null;
        var schema = FieldIds.NewSchema(options.KafkaColumn ? [.. columns, KafkaColumn.Field(0)] : columns);
        _ = PartitionSpecText.Parse(options.PartitionBy ?? "", schema);
        return schema;
    }

    /// <summary>The columns that a start would add to the table. Throws Invalid where table and options do not go together.</summary>
    public static IReadOnlyList<string> ColumnsToAdd(TableOptions options, Table table)
    {
        RequirePartitioning(options, table);
        var missing = SchemaFit.Missing(table.Ident.ToString(), TableDecoding.Declared(options), options.KafkaColumn, table.Metadata.CurrentSchema);
        return [.. missing.Select(m => m.Path)];
    }

    /// <summary>What is wrong with a table property's value; null for a value of use, and for a property that K2I does not go by.</summary>
    public static string? PropertyFlaw(string key, string value) => PropertyRules.FlawOf(key, value) is { } flaw ? $"expected {flaw.Expected}, found '{value}'" : null;

    /// <summary>Throws Invalid where the table is partitioned otherwise than the options say.</summary>
    internal static void RequirePartitioning(TableOptions options, Table table)
    {
        var metadata = table.Metadata;
        if (options.PartitionBy is { } text && !PartitionSpecText.Parse(text, metadata.CurrentSchema, metadata).DividesLike(metadata.DefaultSpec))
            throw NamedStop.Misfit($"table {table.Ident} is partitioned by '{PartitionSpecText.ToText(metadata.DefaultSpec, metadata.CurrentSchema)}', not by partition_by = {text}");
    }
}
