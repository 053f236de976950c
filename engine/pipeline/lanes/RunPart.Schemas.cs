using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>Partitions that stand still because the schema of their next record is not known yet.</summary>
internal sealed partial class RunPart
{
    private readonly List<(Source Source, SchemaId Schema, ISchemaSource Schemas)> waiting = [];

    /// <summary>What the record was written with that was refused last; null where it names no schema that is known.</summary>
    private WriterSchema? Writer
    {
        get
        {
            WriterSchema? writer = null;
            if (!sink.IsOfKey) _ = schemas?.Find(sink.RefusedSchema, out writer);
            return writer;
        }
    }

    /// <summary>
    /// The partition's next record is the one at an offset, once its schema is known; nothing behind it is taken until then.
    /// </summary>
    private void Await(Source source, Offset offset)
    {
        source.Await(offset);
        held.KeepOnly(s => !ReferenceEquals(s, source));
        waiting.Add((source, sink.RefusedSchema, (sink.IsOfKey ? run.Store.KeySchemas : schemas)!));
        lane.Attend(this);
    }

    private void TryWaiting()
    {
        List<Source>? goOn = null;
        foreach (var (source, schema, known) in waiting)
        {
            if (known.Find(schema, out _) == SchemaState.Pending)
            {
                lane.StandStill(source);
                continue;
            }
            source.EndWait();
            (goOn ??= []).Add(source);
        }
        if (goOn is not null)
        {
            waiting.RemoveAll(w => !w.Source.Waits);
            if (!IsStalled) lane.OnAwaited(goOn);
        }
        ShowWaiting();
    }

    private void ShowWaiting()
    {
        if (waiting.Count == 0) run.Table.ShowRunning();
        else run.Table.ShowRunning($"{waiting.Count} of {sources.Length} partitions wait for schema {waiting[0].Schema}"
            + (waiting[0].Schemas.Trouble is { } trouble ? $": {trouble}" : ""));
    }
}
