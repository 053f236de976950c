using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Kafka;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>
/// The part of a table's run that one lane feeds: its sources, the records that wait, the open segment. The lane's thread, but for what
/// says otherwise.
/// </summary>
/// <remarks>
/// A record that cannot become a row at once is held (copied), and while any is held no other is taken, so that rows keep offset order per
/// partition. Where no more can be held the part is <em>stalled</em>: what comes is passed over, and sought back to once it goes on. The
/// lane's other tables do not notice.
/// </remarks>
internal sealed partial class RunPart
{
    private const int InferWaitMs = 2_000, MostSweeps = 16;

    /// <summary>
    /// Each change of the schema is a commit and closes a segment: changes that follow one another gather fields for so long.
    /// </summary>
    private const int GatherMs = 1_000;

    /// <summary>For how long a refusal is taken for the catalog's answer to further new fields: each question is a round trip.</summary>
    private const int RefusedMs = 10_000;

    private readonly Lane lane;
    private readonly TableRun run;
    private readonly TableOptions options;
    private readonly TableJournal journal;
    private readonly RecordSink sink;
    private readonly HeldRecords held;
    private readonly HeaderCopy headers = new();
    private readonly ISchemaSource? schemas;
    private readonly IClock clock;
    private readonly Queue<PartReplay> replaysToCome = new();
    private readonly HashSet<string> toldOfCase = new(StringComparer.Ordinal);
    private ImmutableArray<Source> sources = [];
    private KeyIndex? index;
    private Schema? used;
    private ImmutableDictionary<(int Struct, string Name), int>? usedNames;
    private Schema? passedOver;
    private ColumnsQuestion? asked;
    private Refusal? replayRefusal;
    private Refusal? refusal;
    private long refusedUntilMs;
    private long nextChangeMs;
    private long inferSinceMs;
    private int nextIndex;
    private int unflushed;
    private bool isGathering;

    internal RunPart(Lane lane, TableRun run)
    {
        (this.lane, this.run, options, clock) = (lane, run, run.Table.Options, lane.Clock);
        held = new(options.InferRecords);
        schemas = run.Store.Schemas;
        journal = new(lane.Log, lane.Writers, run, lane.Logger, clock);
        sink = new(this, run.Memory, run.Letters, journal, options.TombstonePolicy, run.Table.IngestOf(lane.Index), clock);
        if (run.Store.IsOpen) Begin();
    }

    internal TableRun Run => run;

    internal Lane Lane => lane;

    internal TableJournal Journal => journal;

    /// <summary>Finds its rows in memory by key; null where the table has none, or no columns yet. Any thread may read.</summary>
    internal KeyIndex? Index => Volatile.Read(ref index);

    /// <summary>How far its published rows are. Any thread may read.</summary>
    internal PartCut Cut { get; } = new();

    /// <summary>Any thread may read.</summary>
    internal ImmutableArray<Source> Sources => sources;

    /// <summary>There are columns, so records can be taken.</summary>
    internal bool IsReady => used is not null;

    /// <summary>Nothing more is taken: the run is over.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>What comes is passed over until there is room.</summary>
    internal bool IsStalled { get; private set; }

    /// <summary>Since when, in monotonic milliseconds.</summary>
    internal long StalledSinceMs { get; private set; }

    /// <summary>The log is being replayed into it: nothing is fetched for it meanwhile.</summary>
    internal PartReplay? Replay { get; private set; }

    /// <summary>It was offered something since the lane last looked.</summary>
    internal bool IsTouched { get; set; }

    /// <summary>When its rows are next looked at for their age, in Unix milliseconds; 0: never.</summary>
    internal long AgeDueUnixMs { get; set; }

    /// <summary>The lane looks after it at each step.</summary>
    internal bool IsAttended { get; set; }

    /// <summary>Something is to be tried again at each step of the lane.</summary>
    internal bool WantsAttention => !HasEnded && (IsStalled || !held.IsEmpty || Replay is not null || waiting.Count > 0);

    /// <summary>Segments that are sealed and not in the table yet. Any thread.</summary>
    internal int Unflushed => Volatile.Read(ref unflushed);

    internal PendingRows Pending => sink.Pending;

    /// <summary>A source for a partition that was assigned just now.</summary>
    internal Source Register(TopicPartition partition)
    {
        var source = new Source(nextIndex++, partition.Topic, partition.Partition) { Part = this, Assigned = true };
        sources = sources.Add(source);
        Cut.Add(source);
        return source;
    }

    /// <summary>
    /// For a partition, of this lane or not, whose beginning is decided: it goes into the table though no record may come.
    /// </summary>
    internal Source RegisterBeginning(TopicPartition partition, string? topicId, Offset start)
    {
        foreach (var known in sources)
            if (known.Topic == partition.Topic && known.Partition == partition.Partition && known.TakenOffset == start) return known;
        var source = new Source(nextIndex++, partition.Topic, partition.Partition) { Part = this, TopicId = topicId };
        source.StartAt(start, begins: true);
        return source;
    }

    /// <summary>Takes a record of a source that reads.</summary>
    internal void Offer(in KafkaRecord record, Source source)
    {
        if (IsStalled || Replay is not null || source.Waits)
        {
            source.Missed = true;
            return;
        }
        if (!IsTouched) Touch();
        source.Fetch(record.Offset.Next);
        var input = FetchedRecord.InputOf(in record, source, headers);
        if (held.IsEmpty && IsReady)
        {
            switch (sink.Take(in input, source))
            {
                case TakeResult.Taken:
                    if (sink.IsBetweenSegments && !sink.HasRoom()) Stall();
                    return;
                case TakeResult.NoSchema:
                    Await(source, record.Offset);
                    return;
                case TakeResult.NewField:
                    isGathering = true;
                    break;
                default:
                    break;
            }
        }
        held.Add(in input, source);
        if (!HasRoom || held.IsFull) Stall();
        else lane.Attend(this);
    }

    /// <summary>The partition holds no record below <paramref name="next"/> that was not offered.</summary>
    internal void OfferEnd(Source source, Offset next)
    {
        if (source.NextOffset >= next && !source.IsAtItsBeginning)
        {
            source.Fetch(source.NextOffset);
            return;
        }
        if (IsStalled || Replay is not null || source.Waits)
        {
            source.Missed = true;
            return;
        }
        if (!IsTouched) Touch();
        source.Fetch(Offset.Max(next, source.NextOffset));
        if (next.Value > 0) TakeEnd(source, next);
    }

    /// <summary>Says that a partition begins at an offset, or that nothing more stands below one.</summary>
    internal void TakeEnd(Source source, Offset next)
    {
        if (held.IsEmpty && IsReady && Replay is null && sink.TakeEnd(source, next)) return;
        held.AddEnd(source, next);
        lane.Attend(this);
    }

    /// <summary>Tries again what could not be done before. The lane calls it at each step while the part wants attention.</summary>
    internal void GoOn()
    {
        Follow();
        if (!IsReady) TryInfer();
        if (Replay is { } replay)
        {
            if (!replay.Step()) return;
            Replay = null;
            replay.Dispose();
            sink.Publish();
            lane.StartReading(this, replay.Sources);
            if (replaysToCome.TryDequeue(out var next))
            {
                BeginReplay(next);
                return;
            }
        }
        if (IsReady) Drain();
        if (waiting.Count > 0) TryWaiting();
        if (!IsStalled || !HasRoom) return;
        IsStalled = false;
        lane.OnGoesOn(this);
    }

    /// <summary>After a poll: what was taken becomes visible, and is appended.</summary>
    internal void Publish() => sink.Publish();

    internal void SealForFlush() => sink.SealForFlush();

    /// <summary>Its rows are found no more. Again and again allowed.</summary>
    internal void EndIndex() => index?.Dispose();

    /// <summary>Steps of the upkeep of its index, some at most.</summary>
    internal void SweepIndex()
    {
        for (var i = 0; i < MostSweeps && index?.Sweep() == true; i++) { }
    }

    /// <summary>Seals what there is and asks for its flush.</summary>
    internal void RequestFlush()
    {
        sink.SealForFlush();
        run.RequestFlush(this);
    }

    internal void HandOver(Sealed handed)
    {
        Interlocked.Increment(ref unflushed);
        run.Take(handed);
    }

    /// <summary>A sealed segment is done with. Any thread.</summary>
    internal void OnReleased() => Interlocked.Decrement(ref unflushed);

    /// <summary>Partitions of it have gone to another lane or member: what is held of them is forgotten.</summary>
    internal void Drop(IReadOnlyCollection<Source> gone)
    {
        foreach (var source in gone) source.Assigned = source.Reads = false;
        held.KeepOnly(s => s.Assigned);
        waiting.RemoveAll(w => !w.Source.Assigned);
        sources = sources.RemoveRange(gone);
    }

    /// <summary>At a stop: takes what is held, as far as no catalog is needed for it.</summary>
    internal void DrainAtStop()
    {
        if (IsReady && Replay is null) Drain();
    }

    /// <summary>The run is over: nothing of it is kept here.</summary>
    internal void End()
    {
        if (HasEnded) return;
        HasEnded = true;
        Replay?.Dispose();
        Replay = null;
        while (replaysToCome.TryDequeue(out var replay)) replay.Dispose();
        sink.Discard();
        router?.Dispose();
        EndIndex();
        journal.Drop();
        waiting.Clear();
        sources = [];
    }

    private bool HasRoom => IsReady ? held.IsEmpty ? sink.HasRoom() : isGathering && asked is null : !held.IsFull;

    private void Touch()
    {
        IsTouched = true;
        lane.OnTouched(this);
        Follow();
    }

    private void Stall()
    {
        if (IsStalled) return;
        (IsStalled, StalledSinceMs) = (true, clock.MonotonicMs);
        lane.OnStalled(this);
    }

    private void Drain()
    {
        if (asked is not null || (isGathering && IsGathering)) return;
        isGathering = false;
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
                if (result == TakeResult.NoSchema)
                {
                    Await(record.Source, record.Offset);
                    continue;
                }
                if (result == TakeResult.NewField)
                {
                    if (IsGathering)
                    {
                        isGathering = true;
                        return;
                    }
                    var own = sink.Changes([record.Value]);
                    var writer = Writer;
                    record.Refusal = RefusalOf(own);
                    if (record.Refusal is not null) continue;
                    KillPoint.Hit("schema.new-field");
                    var all = held.Count > 1 ? sink.Changes(held.Values()) : own;
                    Ask(new ColumnsQuestion(this, record, own, all) { Writer = writer, Known = Known });
                    return;
                }
            }
            held.RemoveFirst();
        }
        if (!IsTouched) Touch();
    }

    /// <summary>New fields wait until more of them are gathered; records behind are held meanwhile.</summary>
    private bool IsGathering => !held.IsFull && clock.MonotonicMs < nextChangeMs;
}
