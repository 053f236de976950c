using K2I.Base;
using K2I.Columns;
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
        if (TableDecoding.CompilerOf(options) is { } compiler) return Plan(compiler, records);
        if (TableDecoding.Infer(options, records, log) is { } columns)
        {
            store.Create(WithKeys(columns, records));
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
    /// The columns, with those of keys, whose names are theirs. What comes of later keys is added as it comes.
    /// </summary>
    private IReadOnlyList<Field> WithKeys(IReadOnlyList<Field> columns, IReadOnlyList<HeldRecord> records)
    {
        if (options.OfKeys is null) return columns;
        var isStruct = options.KeyColumns == KeyShape.Struct;
        return [.. columns.Where(c => !KeyFieldsDecoder.IsOfKeys(c.Name, isStruct)),
            .. TableDecoding.KeyColumnsOf(options, store, records)];
    }

    /// <summary>The columns of the first record's schema that makes any; those of others are added as their records come.</summary>
    private string? Plan(IPlanCompiler compiler, IReadOnlyList<HeldRecord> records)
    {
        var why = "no record so far names a schema";
        foreach (var record in records.Where(r => !r.Value.IsEmpty))
        {
            var framed = FramedValue.Read(TableDecoding.WireOf(options), record.Input);
            if (framed.Flaw is not null) continue;
            switch (store.Schemas!.Find(in framed, out var writer))
            {
                case SchemaState.Pending:
                    return $"waiting for schema {framed.Schema}" + (store.Schemas.Trouble is { } trouble ? $": {trouble}" : "");
                case SchemaState.Missing:
                    why = $"there is no schema {framed.Schema}";
                    continue;
            }
            try
            {
                var planned = TableDecoding.PlanOptionsOf(options, store.FormatVersion);
                var columns = planned.Transforms.Apply(compiler.Columns(writer!, in framed, planned));
                store.Create(WithKeys(TableDecoding.WithKey(options, TableDecoding.Together(options, columns, log)), records), writer);
                return null;
            }
            catch (EngineException e) when (e.Kind == ErrorKind.Invalid && !store.IsOpen)
            {
                why = $"{writer}: {e.Message}";
            }
        }
        return $"waiting for a record to have the columns from: {why}";
    }

    /// <summary>
    /// Why the table as last loaded cannot be changed so; null where it may. Asks no catalog. Any thread.
    /// </summary>
    internal static Refusal? ClashOf(TableStore store, IReadOnlyList<SchemaChange> changes) =>
        store.ClashOf(changes) is { } clash ? Refused($"{clash}; {clash.Advice}") : null;

    private Refusal? Evolve(ColumnsQuestion question)
    {
        var (before, names) = (store.Schema, store.FormerNames);
        // Another lane was faster: what is still to be changed, the lane finds out on the columns as they are.
        if (!ReferenceEquals(question.Known, before)) return null;
        // The catalog need not be asked: only columns that are dropped or renamed could make way, and that is not followed.
        if (ClashOf(store, question.Own) is { } clash) return clash;
        // Another engine, or another member of the group, may have added them.
        store.Reload();
        if (!ReferenceEquals(store.Schema, before) || !ReferenceEquals(store.FormerNames, names)) return null;
        if (Make(question, question.Changes) is not { } refused) return null;
        return !question.RefusesAll && question.Own.Count < question.Changes.Count ? Make(question, question.Own) : refused;
    }

    private void Tell(SchemaChange change, WriterSchema? writer)
    {
        var (what, detail) = change switch
        {
            NewField added => ("column added", added.Field.Type),
            WiderColumn wider => ("column widened", wider.Type),
            RenamedColumn renamed => ("column renamed", renamed.FormerPath),
            AliasedColumn aliased => ("column has other names in other schemas", string.Join(", ", aliased.Names)),
            _ => ("column made optional", (object?)null),
        };
        log.Info(what, ("table", options.Name), ("column", change.Path), ("detail", detail), ("for", writer));
    }

    private static Refusal Refused(string why) => new(nameof(DecodeStatus.NewField), why);

    private Refusal? Make(ColumnsQuestion question, IReadOnlyList<SchemaChange> changes)
    {
        if (ClashOf(store, changes) is { } clash) return clash;
        var before = store.Schema;
        try
        {
            store.Change(changes, question.Writer);
            KillPoint.Hit("schema.evolved");
        }
        catch (EngineException e) when (e.Kind is ErrorKind.Invalid or ErrorKind.Conflict)
        {
            // Another engine was faster after all: its columns come first.
            store.Reload();
            if (!ReferenceEquals(store.Schema, before)) return null;
            // Not this change is refused, but any: the catalog takes no change of the schema, though nobody else makes one.
            question.RefusesAll = e.Kind == ErrorKind.Conflict;
            return Refused(e.Message);
        }
        foreach (var change in changes) Tell(change, question.Writer);
        run.Table.Flushes.SchemaChanges += changes.Count;
        if (added < ManyColumns && (added += changes.Count(c => c is NewField)) >= ManyColumns)
            log.Warn("records have brought very many new columns; keys that are data belong in a column of type map<string, …>",
                ("table", options.Name), ("columns", added));
        question.Part.Journal.Write(new LogEntry.SchemaEvolution(store.Schema.SchemaId, [.. changes.Select(c => c.Path)]));
        return null;
    }
}
