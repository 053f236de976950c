using K2I.Base;
using K2I.Decode;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>
/// A table's records on their way into its open segment. One that cannot become a row at once is held (copied); while any is held no other is taken, so that rows keep
/// offset order per partition. Ingest thread. No managed allocation per good record.
/// </summary>
internal sealed class Intake(RecordSink sink, SchemaKeeper schema, TableOptions options)
{
    private readonly HeldRecords held = new(options.InferRecords);
    private readonly HeaderCopy headers = new();

    internal HeldRecords Held => held;

    /// <summary>Records can be taken, or looked at together with those that are held.</summary>
    internal bool HasRoom => schema.IsReady ? held.IsEmpty ? sink.HasRoom() : IsGathering : !held.IsFull;

    /// <summary>The first held record brings a new field, and what comes behind it is looked at before the schema changes.</summary>
    private bool IsGathering { get; set; }

    /// <summary>Takes a record of an assigned partition; false if no further one should be fetched.</summary>
    internal bool Offer(in KafkaRecord record, Source source)
    {
        var input = FetchedRecord.InputOf(in record, source, headers);
        if (held.IsEmpty && schema.IsReady)
        {
            switch (sink.Take(in input, source))
            {
                case TakeResult.Taken:
                    return !sink.IsBetweenSegments || sink.HasRoom();
                case TakeResult.NewField:
                    IsGathering = true;
                    break;
                default:
                    break;
            }
        }
        held.Add(in input, source);
        return HasRoom && !held.IsFull;
    }

    /// <summary>The partition holds no record below <paramref name="next"/> that was not offered.</summary>
    internal void OfferEnd(Source source, Offset next)
    {
        if (!held.IsEmpty || !schema.IsReady || !sink.TakeEnd(source, next)) held.AddEnd(source, next);
    }

    /// <summary>Offers held records again, for as long as they are taken.</summary>
    internal void Drain()
    {
        if (IsGathering && schema.IsGathering(held)) return;
        IsGathering = false;
        while (held.First is { } record)
        {
            if (record.IsEnd)
            {
                if ((record.Source.Assigned || record.Source.IsAtItsBeginning) && !sink.TakeEnd(record.Source, record.Offset)) return;
            }
            else if (record.Source.Assigned)
            {
                var result = sink.Take(record.Input, record.Source, record.Refusal);
                if (result == TakeResult.NoRoom) return;
                if (result == TakeResult.NewField)
                {
                    if (schema.IsGathering(held))
                    {
                        IsGathering = true;
                        return;
                    }
                    record.Refusal = schema.Evolve(held.Values());
                    continue;
                }
            }
            held.RemoveFirst();
        }
    }

    /// <summary>Takes a record of the log; false where there is no room for it now.</summary>
    internal bool TryReplay(in RecordInput record, Source source)
    {
        Refusal? refusal = null;
        while (true)
        {
            var result = sink.Take(in record, source, refusal);
            if (result != TakeResult.NewField) return result == TakeResult.Taken;
            refusal = schema.Evolve([record.Value.ToArray()]);
        }
    }
}
