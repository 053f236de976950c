using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>Gives a table its first columns, or further ones for new fields. Whoever works for the table.</summary>
internal sealed class ColumnChanges(TableRun run, ILog log)
{
    /// <summary>So many columns from records in one life of the run look like keys that are data.</summary>
    private const int ManyColumns = 200;

    private readonly TableStore store = run.Store;
    private readonly TableOptions options = run.Table.Options;
    private bool toldOfNoColumn;
    private int added;

    /// <summary>Writes the answer. Throws what passes, or the stop.</summary>
    internal void Answer(ColumnsQuestion question)
    {
        if (question.Records is { } records) question.Wanted = Infer(records, question.AreAll);
        else question.Refusal = Evolve(question);
    }

    private string? Infer(IReadOnlyList<HeldRecord> records, bool areAll)
    {
        // Another lane was faster.
        if (store.IsOpen) return null;
        if (TableDecoding.Infer(options, records, log) is { } columns)
        {
            store.Create(columns);
            return null;
        }
        if (areAll)
            throw TableStop.Misfit($"table {options.Name}: no column could be inferred: "
                + $"none of the first {records.Count} records is a JSON object with a value; declare columns");
        if (!toldOfNoColumn)
            log.Warn("no column can be inferred yet: no record so far is a JSON object with a value", ("table", options.Name),
                ("records", records.Count), ("instead", "declare columns, or format = raw"));
        toldOfNoColumn = true;
        return $"waiting for a record to infer the columns from: none of the first {records.Count} is a JSON object with a value";
    }

    /// <summary>
    /// Why these fields cannot become columns of the table as last loaded; null where they may. Asks no catalog. Any thread.
    /// </summary>
    internal static Refusal? ClashOf(TableStore store, IReadOnlyList<NewField> fields) =>
        store.ClashOf(fields) is { } clash ? Refused($"{clash}; {clash.Advice}") : null;

    private Refusal? Evolve(ColumnsQuestion question)
    {
        var before = store.Schema;
        // The catalog need not be asked: only columns that are dropped or renamed could make way, and that is not followed.
        if (ClashOf(store, question.Own) is { } clash) return clash;
        // Another engine, or another member of the group, may have added them.
        store.Reload();
        if (!ReferenceEquals(store.Schema, before)) return null;
        if (Add(question, question.Fields) is not { } refused) return null;
        return !question.RefusesAll && question.Own.Count < question.Fields.Count ? Add(question, question.Own) : refused;
    }

    private static Refusal Refused(string why) => new(nameof(DecodeStatus.NewField), why);

    private Refusal? Add(ColumnsQuestion question, IReadOnlyList<NewField> fields)
    {
        if (ClashOf(store, fields) is { } clash) return clash;
        var before = store.Schema;
        try
        {
            store.AddFields(fields);
            KillPoint.Hit("schema.evolved");
        }
        catch (EngineException e) when (e.Kind is ErrorKind.Invalid or ErrorKind.Conflict)
        {
            // Another engine was faster after all: its columns come first.
            store.Reload();
            if (!ReferenceEquals(store.Schema, before)) return null;
            // Not these fields are refused, but any: the catalog takes no change of the schema, though nobody else makes one.
            question.RefusesAll = e.Kind == ErrorKind.Conflict;
            return Refused(e.Message);
        }
        foreach (var field in fields) log.Info("column added", ("table", options.Name), ("column", field.Path), ("type", field.Field.Type));
        if (added < ManyColumns && (added += fields.Count) >= ManyColumns)
            log.Warn("records have brought very many new columns; keys that are data belong in a column of type map<string, …>",
                ("table", options.Name), ("columns", added));
        question.Part.Journal.Write(new LogEntry.SchemaEvolution(store.Schema.SchemaId, [.. fields.Select(f => f.Path)]));
        return null;
    }
}
