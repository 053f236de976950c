using K2I.Base;
using K2I.Columns;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>
/// Which columns a table's records are decoded into: inferred from the first of them, added when records bring new fields, taken over when another engine has
/// changed the table. Ingest thread.
/// </summary>
internal sealed class SchemaKeeper(TableStore store, TableOptions options, RecordSink sink, TableJournal journal, ILog log, IClock clock)
{
    private const int InferWaitMs = 2_000;

    /// <summary>Each change of the schema is a commit and closes a segment: changes that follow one another gather fields for so long.</summary>
    private const int GatherMs = 1_000;

    /// <summary>For how long a refusal is taken for the catalog's answer to further new fields: each question is a round trip.</summary>
    private const int RefusedMs = 10_000;

    /// <summary>So many columns from records in one life of the process look like keys that are data.</summary>
    private const int ManyColumns = 200;

    /// <summary>Columns whose field came in another case, told once, whatever becomes of the decoder.</summary>
    private readonly HashSet<string> toldOfCase = new(StringComparer.Ordinal);

    private Schema? used;
    private Schema? passedOver;
    private long inferSinceMs;
    private bool toldOfNoColumn;
    private long nextChangeMs;
    private Refusal? refusal;
    private long refusedUntilMs;
    private int added;

    /// <summary>There are columns, so records can be taken.</summary>
    internal bool IsReady => store.IsOpen;

    /// <summary>The table is open: rows can be taken.</summary>
    internal void Begin()
    {
        Use(store.Schema);
        journal.Begin(new LogEntry.SessionStarted(store.Uuid, store.Epoch, store.Offsets));
    }

    /// <summary>
    /// Once enough records are held, or no more arrive: infers columns from them and creates the table. What is still waited for; null once there are columns.
    /// </summary>
    internal string? TryInfer(HeldRecords held)
    {
        if (held.Count == 0)
        {
            inferSinceMs = 0;
            return "waiting for the first records, to infer the columns from them";
        }
        if (inferSinceMs == 0) inferSinceMs = clock.MonotonicMs;
        if (!held.IsFull && clock.MonotonicMs - inferSinceMs < InferWaitMs) return "";
        if (TableDecoding.Infer(options, held.All, log) is not { } columns)
        {
            if (held.IsFull)
                throw TableStop.Misfit($"table {options.Name}: no column could be inferred: none of the first {held.Count} records is a JSON object with a value; declare columns");
            inferSinceMs = clock.MonotonicMs;
            if (!toldOfNoColumn)
                log.Warn("no column can be inferred yet: no record so far is a JSON object with a value", ("table", options.Name), ("records", held.Count), ("instead", "declare columns, or format = raw"));
            toldOfNoColumn = true;
            return $"waiting for a record to infer the columns from: none of the first {held.Count} is a JSON object with a value";
        }
        store.Create(columns);
        Begin();
        return null;
    }

    /// <summary>New fields wait until more of them are gathered; records behind are to be held meanwhile.</summary>
    internal bool IsGathering(HeldRecords held) => !held.IsFull && clock.MonotonicMs < nextChangeMs;

    /// <summary>
    /// Gives the table the fields that these values bring: those of a record with a new field, and of what came behind it. Null when the record is to be offered again; else it is
    /// a dead letter.
    /// </summary>
    internal Refusal? Evolve(IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        if (refusal is not null && clock.MonotonicMs < refusedUntilMs) return refusal;
        refusal = null;
        KillPoint.Hit("schema.new-field");
        if (Follow()) return null;
        var own = sink.NewFields([values[0]]);
        // The catalog need not be asked: only columns that are dropped or renamed could make way, and that is not followed.
        if (store.ClashOf(own) is { } clash) return Refused($"{clash}; {clash.Advice}");
        // Another engine, or another member of the group, may have added them.
        store.Reload();
        if (Follow()) return null;
        var fields = values.Count > 1 ? sink.NewFields(values) : own;
        if (Add(fields) is not { } refused) return null;
        return refusal is null && own.Count < fields.Count ? Add(own) : refused;
    }

    /// <summary>
    /// Decodes into the table's columns as they are now, if they have changed. One that was dropped or renamed by another engine stays until the table is opened again: records
    /// still have its field. True if anything changed.
    /// </summary>
    internal bool Follow()
    {
        if (!store.IsOpen || ReferenceEquals(store.Schema, used) || ReferenceEquals(store.Schema, passedOver)) return false;
        if (SchemaFit.Continues(used!.Struct, store.Schema.Struct))
        {
            Use(store.Schema);
            return true;
        }
        passedOver = store.Schema;
        log.Warn("columns were dropped, renamed or made required by another engine; records are decoded into those of before until the table is opened again", ("table", options.Name));
        return false;
    }

    private static Refusal Refused(string why) => new(nameof(DecodeStatus.NewField), why);

    private Refusal? Add(IReadOnlyList<NewField> fields)
    {
        if (store.ClashOf(fields) is { } clash) return Refused($"{clash}; {clash.Advice}");
        try
        {
            store.AddFields(fields);
            KillPoint.Hit("schema.evolved");
        }
        catch (EngineException e) when (e.Kind is ErrorKind.Invalid or ErrorKind.Conflict)
        {
            // Another engine was faster after all: its columns come first.
            store.Reload();
            if (Follow()) return null;
            var refused = Refused(e.Message);
            // Not these fields are refused, but any: the catalog takes no change of the schema, though nobody else makes one.
            if (e.Kind == ErrorKind.Conflict) (refusal, refusedUntilMs) = (refused, clock.MonotonicMs + RefusedMs);
            return refused;
        }
        nextChangeMs = clock.MonotonicMs + GatherMs;
        foreach (var field in fields) log.Info("column added", ("table", options.Name), ("column", field.Path), ("type", field.Field.Type));
        if (added < ManyColumns && (added += fields.Count) >= ManyColumns)
            log.Warn("records have brought very many new columns; keys that are data belong in a column of type map<string, …>", ("table", options.Name), ("columns", added));
        journal.Write(new LogEntry.SchemaEvolution(store.Schema.SchemaId, [.. fields.Select(f => f.Path)]));
        Use(store.Schema);
        return null;
    }

    private void Use(Schema schema)
    {
        used = schema;
        var (decoder, kafkaColumn) = TableDecoding.For(options, schema, TellOfCase);
        sink.Use(decoder, kafkaColumn);
    }

    private void TellOfCase(string column, string field)
    {
        if (!toldOfCase.Add(column)) return;
        log.Warn("a record has no field of the column's name, but one in another case, which is left out", ("table", options.Name), ("column", column), ("field", field),
            ("instead", "case_sensitive = false"));
    }
}
