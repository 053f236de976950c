using K2I.Base;
using K2I.Columns;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>The columns: which there are, and what is asked where records bring others.</summary>
internal sealed partial class RunPart
{
    /// <summary>The table's columns when they were looked at last.</summary>
    private Schema? Known => passedOver ?? used;

    /// <summary>What is to be decoded into, where the table has other columns by now.</summary>
    internal void Follow()
    {
        var store = run.Store;
        if (!store.IsOpen || ReferenceEquals(store.Schema, passedOver)
            || (ReferenceEquals(store.Schema, used) && ReferenceEquals(store.FormerNames, usedNames))) return;
        if (used is null) Begin();
        else if (SchemaFit.Continues(used.Struct, store.Schema.Struct, byName: schemas is null) && HasKey(store.Schema)) Use(store.Schema);
        else
        {
            passedOver = store.Schema;
            lane.Logger.Warn("columns were dropped, renamed or made required "
                + "by another engine; records are decoded into those of before until the table is opened again", ("table", options.Name));
        }
    }

    internal void OnAnswer(ColumnsQuestion question)
    {
        if (!ReferenceEquals(asked, question)) return;
        asked = null;
        if (question.Records is not null)
        {
            inferSinceMs = clock.MonotonicMs;
            run.Table.ShowWanted(question.Wanted);
        }
        else
        {
            if (question.Refusal is null) nextChangeMs = clock.MonotonicMs + GatherMs;
            if (question.RefusesAll) (refusal, refusedUntilMs) = (question.Refusal, clock.MonotonicMs + RefusedMs);
            if (question.Record is { } record) record.Refusal = question.Refusal;
            else replayRefusal = question.Refusal;
        }
        Follow();
    }

    /// <summary>Why the columns cannot be changed so, as far as it is known without asking the catalog.</summary>
    private Refusal? RefusalOf(IReadOnlyList<SchemaChange> changes)
    {
        if (ColumnChanges.ClashOf(run.Store, changes) is { } clash) return clash;
        if (clock.MonotonicMs >= refusedUntilMs) refusal = null;
        return refusal;
    }

    private void Ask(ColumnsQuestion question)
    {
        asked = question;
        run.Ask(question);
    }

    /// <summary>Once enough records are held, or no more arrive: has columns inferred from them.</summary>
    private void TryInfer()
    {
        if (asked is not null || held.Count == 0) return;
        var now = clock.MonotonicMs;
        if (inferSinceMs == 0) inferSinceMs = now;
        if (held.IsFull || now - inferSinceMs >= InferWaitMs)
            Ask(new ColumnsQuestion(this, [.. held.All.Where(r => !r.IsEnd)], held.IsFull));
    }

    private void Begin()
    {
        journal.Begin(new LogEntry.RunStarted(options.Name, run.Store.Uuid, run.Store.Epoch, run.Store.Offsets, run.Store.IsAnother));
        Use(run.Store.Schema);
    }

    /// <summary>Rows are found by columns of the names that the options have: without them only rows of before are.</summary>
    private bool HasKey(Schema schema) => options.Key.All(k => schema.FindByPath(k) is not null);

    private void Use(Schema schema)
    {
        (used, usedNames, passedOver) = (schema, run.Store.FormerNames, null);
        var (decoder, kafkaColumn) = TableDecoding.For(options, schema, run.Store, TellOfCase);
        sink.Use(decoder, kafkaColumn);
        if (options.Routing is not null) UseRouter();
        if (options.Key.IsEmpty || index is not null) return;
        Volatile.Write(ref index, new(lane.IndexBudget, TableKey.Of(options, schema)));
        sink.Use(index!);
    }

    private void TellOfCase(string column, string field)
    {
        if (!toldOfCase.Add(column) || !run.Table.IsFirstToTell(column)) return;
        lane.Logger.Warn("a record has no field of the column's name, but one in another case, which is left out",
            ("table", options.Name), ("column", column), ("field", field),
            ("instead", "case_sensitive = false"));
    }
}
