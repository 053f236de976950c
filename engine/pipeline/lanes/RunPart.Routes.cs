using K2I.Decode;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>
/// A home's part, which gives records to the tables of their values; and what is alike for those: they are past records that are others'.
/// </summary>
internal sealed partial class RunPart
{
    /// <summary>So many values are asked for together, and as many refusals remembered.</summary>
    private const int MostValues = 1_000;

    /// <summary>Offsets that hold nothing for a table are worth a commit of their own once there are so many, or after a while.</summary>
    private const long ManyPassed = 1_000_000, PassedMs = 60_000;

    private readonly HashSet<string> wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Refusal> refusedValues = new(StringComparer.Ordinal);
    private RouteReader? router;
    private RoutesQuestion? routesAsked;
    private long passedSinceMs;
    private long takenBefore;

    /// <summary>Of the home: reads the value of a record's field. It names the schema that is waited for, where one is.</summary>
    internal RouteReader Router => router!;

    /// <summary>Nothing of it waits between fetched and taken.</summary>
    internal bool HoldsNothing => held.IsEmpty;

    /// <summary>Of the home: the value of a record's field.</summary>
    internal DecodeStatus Route(in KafkaRecord record, Source source) => Router.Read(FetchedRecord.InputOf(in record, source, headers));

    /// <summary>Of the home: the schema that a record names is still being fetched.</summary>
    internal bool IsPending(SchemaId schema) => schemas?.Find(schema, out _) == SchemaState.Pending;

    /// <summary>Of the home: why a value has no table, and will have none; null where it has one, or may have.</summary>
    internal Refusal? RefusalOf(string value)
    {
        if (refusedValues.TryGetValue(value, out var known)) return known;
        var routing = options.Routing!;
        var values = run.Store.Routes;
        return values.Length >= routing.MaxTables && !values.Contains(value) ? NoTable(value, RouteTables.Full(routing)) : null;
    }

    /// <summary>Of the home: a record came whose value has no table yet. Again and again allowed.</summary>
    internal void Want(string value)
    {
        if (routesAsked?.Values.Contains(value) == true || wanted.Count >= MostValues) return;
        wanted.Add(value);
        AskForRoutes();
    }

    internal void OnAnswer(RoutesQuestion question)
    {
        if (!ReferenceEquals(routesAsked, question)) return;
        routesAsked = null;
        if (refusedValues.Count + question.Refused.Count > MostValues) refusedValues.Clear();
        foreach (var (value, why) in question.Refused) refusedValues[value] = NoTable(value, why);
        AskForRoutes();
    }

    /// <summary>Of the home: takes a record that goes to no table as a dead letter.</summary>
    internal void OfferLetter(in KafkaRecord record, Source source, Refusal refusal)
    {
        if (IsStalled || Replay is not null)
        {
            source.Missed = true;
            return;
        }
        if (!IsTouched) Touch();
        source.Fetch(record.Offset.Next);
        var input = FetchedRecord.InputOf(in record, source, headers);
        if (held.IsEmpty && IsReady && sink.Take(in input, source, refusal) == TakeResult.Taken) return;
        held.Add(in input, source, refusal);
        if (!HasRoom || held.IsFull) Stall();
        else lane.Attend(this);
    }

    /// <summary>The table is to have something of each partition, were it but where it begins: what is taken is flushed.</summary>
    internal void CommitBeginnings()
    {
        if (IsStalled || Replay is not null || !IsReady || run.IsFlushing) return;
        foreach (var source in sources)
            if (source is { Reads: true, IsAtItsBeginning: true, NextOffset.IsNumber: true }) TakeEnd(source, source.NextOffset);
        if (!sink.Pending.IsEmpty) RequestFlush();
    }

    /// <summary>
    /// About once a second: where it takes nothing for long, the table is told that it is past what was others', so that a restart need not
    /// read that again, and retention cannot pass it.
    /// </summary>
    internal void CommitPassed()
    {
        var (passed, taken) = (0L, 0L);
        foreach (var source in sources)
        {
            if (source is not { Reads: true, IsAtItsBeginning: false, TakenOffset.IsNumber: true }) continue;
            taken += source.TakenOffset.Value;
            passed += source.NextOffset - source.TakenOffset;
        }
        var now = clock.MonotonicMs;
        if (taken != takenBefore || passed == 0) (takenBefore, passedSinceMs) = (taken, now);
        var waits = passed >= ManyPassed || options.Routing is not null ? PassedMs : FlushTrigger.EndsAgeMs;
        if (now - passedSinceMs < waits || !held.IsEmpty || IsStalled || Replay is not null || !IsReady) return;
        foreach (var source in sources)
            if (source is { Reads: true, IsAtItsBeginning: false, TakenOffset.IsNumber: true }) TakeEnd(source, source.NextOffset);
        RequestFlush();
    }

    private void AskForRoutes()
    {
        if (routesAsked is not null || wanted.Count == 0 || HasEnded) return;
        routesAsked = new(this, [.. wanted]);
        wanted.Clear();
        run.Ask(routesAsked);
    }

    private Refusal NoTable(string value, string why) => new("NoTable", $"{options.Routing!.Field} is '{value}': {why}");

    /// <summary>Its decoder makes no rows: it reads the field.</summary>
    private void UseRouter()
    {
        router?.Dispose();
        router = TableDecoding.RouterOf(options, run.Store);
    }
}
