using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>Whether a table's options hold together, and go with the table that is there: for checks before a start. Changes nothing.</summary>
public static class TableCheck
{
    /// <summary>
    /// The declared columns that do not go together by name, with each other, the Kafka column and the partition fields. Throws Invalid for
    /// what cannot be read.
    /// </summary>
    public static IReadOnlyList<NameClash> NameClashes(TableOptions options)
    {
        List<NameClash> clashes = [];
        var names = TableDecoding.NamesFor(options, clashes);
        foreach (var field in TableDecoding.Declared(options) ?? []) _ = names.Take(field, clashes);
        return clashes;
    }

    /// <summary>The schema that the options fix without looking at a record; null if it has to be inferred. Throws Invalid, naming what is wrong.</summary>
    public static Schema? DeclaredSchema(TableOptions options)
    {
        options = OwnOf(options);
        if (TableDecoding.Declared(options) is not { } columns) return null;
        var schema = FieldIds.NewSchema(options.KafkaColumn ? [.. columns, KafkaColumn.Field(0)] : columns);
        _ = PartitionSpecText.Parse(options.PartitionBy ?? "", schema);
        return schema;
    }

    /// <summary>
    /// What is wrong with the key in the columns that the options fix; null for nothing, and where the columns are still to be inferred.
    /// </summary>
    public static string? KeyFlaw(TableOptions options)
    {
        if (options.Key.IsEmpty || DeclaredSchema(options) is not { } schema) return null;
        try
        {
            _ = KeyColumns.Of(schema, options.Key.AsSpan());
            return null;
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Invalid)
        {
            return error.Message;
        }
    }

    /// <summary>The columns that a start would add to the table. Throws Invalid where table and options do not go together.</summary>
    public static IReadOnlyList<string> ColumnsToAdd(TableOptions options, Table table)
    {
        options = OwnOf(options);
        var missing = SchemaFit.Missing(table.Ident.ToString(), TableDecoding.Declared(options), options.KafkaColumn, table.Metadata.CurrentSchema);
        SchemaFit.UpdateOf(missing).Check(table.Metadata);
        return [.. missing.Select(m => m.Path)];
    }

    /// <summary>What is wrong with a table property's value; null for a value of use, and for a property that K2I does not go by.</summary>
    public static string? PropertyFlaw(string key, string value) => PropertyRules.FlawOf(key, value) is { } flaw ? $"expected {flaw.Expected}, found '{value}'" : null;

    /// <summary>
    /// What to tell where the table is partitioned otherwise than the options say; null where it is not. Rows go by the table's own spec in any case: <c>partition_by</c> is for
    /// making a table, and another engine may change it at any time, while k2i runs too.
    /// </summary>
    public static string? OtherPartitioning(TableOptions options, Table table)
    {
        var metadata = table.Metadata;
        if (OwnOf(options).PartitionBy is not { } text || IsLike(text, metadata)) return null;
        var actual = PartitionSpecText.ToText(metadata.DefaultSpec, metadata.CurrentSchema);
        return $"it is partitioned by '{actual}', not by partition_by = {text}; rows go by the table's own partitioning";
    }

    /// <summary>What a section says of its tables is not what its own is like, where that is their home.</summary>
    private static TableOptions OwnOf(TableOptions options) => options.Routing is { } routing ? routing.HomeOf(options) : options;

    private static bool IsLike(string text, TableMetadata metadata)
    {
        try
        {
            return PartitionSpecText.Parse(text, metadata.CurrentSchema, metadata).DividesLike(metadata.DefaultSpec);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Invalid)
        {
            // It names a column that was renamed or dropped since.
            return false;
        }
    }
}
