using System.Collections.Concurrent;
using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// A table, from when it is configured or discovered until it is removed: state, no thread, no memory of its own. It has one
/// <see cref="TableRun"/> after another; whoever works for it (one worker at a time) opens runs, answers what lanes ask, flushes, and ends
/// runs.
/// </summary>
internal sealed partial class TableHandle
{
    private const int FirstWaitMs = 500, LongestWaitMs = 30_000, ResumePollMs = 500, LookMs = 60_000, LeastLookMs = 500;

    /// <summary>Rights are given back without anyone telling: looked for by itself.</summary>
    private const int DeniedRetryMs = 60_000;

    private readonly EngineContext engine;
    private readonly IngestCounters?[] ingest;
    private readonly ConcurrentDictionary<string, bool> told = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Topic, int Partition), Offset> acceptedRecords = [];
    private readonly IClock clock;
    private readonly ILog log;
    private volatile TableRun? run;
    private volatile Shown shown = new(TableState.Starting, "", null);
    private TableOptions options;
    private Change? change;
    private long leavingSinceMs;
    private bool isGone;
    private StartDecider? starts;
    private LogPin? startsPin;
    private ColumnChanges? columns;
    private ImmutableHashSet<PauseReason> accepted = [];
    private volatile OffsetMap decidedStarts = OffsetMap.Empty;
    private EngineException? pausedBy;
    private long waitMs = FirstWaitMs;
    private long attemptMs;
    private long beganMs;
    private long pausedMs;
    private long pausedUnixMs;
    private long nextLookMs;
    private long lookedMs;
    private bool isLookAsked;
    private long commitsAtOpening;
    private bool hasOpened;

    internal TableHandle(TableOptions options, EngineContext engine)
    {
        (this.options, this.engine, clock, log) = (options, engine, engine.Services.Clock, engine.Log);
        ingest = new IngestCounters?[engine.Options.Lanes];
        Stream = LogStreams.IdOf(options.Name);
        Topics = new(options.Topics, options.Name, log);
        Maintenance = new(this, engine);
    }

    /// <summary>What the table is to be between this run and the next; null options: nothing.</summary>
    private sealed record Change(TableOptions? Options);

    private sealed record Shown(TableState State, string Detail, PauseReason? Reason);

    /// <summary>What the run goes by; but for the limits of flushes they stay for its life. Any thread.</summary>
    internal TableOptions Options => Volatile.Read(ref options);

    /// <summary>What the configuration says of it; null where it is in no configuration any more. Any thread.</summary>
    internal TableOptions? Wanted => Volatile.Read(ref change) is { } next ? next.Options : Options;

    internal string Name => Options.Name;

    /// <summary>Records come to it by a value, or go to others so.</summary>
    internal bool IsRouted => Options.Routing is not null || Options.Home.Length > 0;

    /// <summary>Its stream in the logs of lanes.</summary>
    internal ulong Stream { get; }

    internal TopicWatch Topics { get; private set; }

    internal FlushCounters Flushes { get; } = new();

    /// <summary>The run that lanes feed; null while there is none. Any thread.</summary>
    internal TableRun? Run => run;

    internal string LastError { get; set; } = "";

    /// <summary>How far the replay of a log is; empty unless one is under way.</summary>
    internal string Recovering { get; set; } = "";

    /// <summary>A flush of a run that is over, whose commit may land: found out about when the next run opens. The worker's.</summary>
    internal LoggedFlush? CutShort { get; set; }

    /// <summary>
    /// An entry in a log says where reading was decided to begin, and is kept over all runs until it is in the table. Any thread.
    /// </summary>
    internal bool KeepsStarts => Volatile.Read(ref startsPin) is not null;

    /// <summary>
    /// Says in a log where reading begins, and keeps that; what said so before is kept no longer. False where the log has no room.
    /// </summary>
    internal bool KeepStarts(LaneLog lane, OffsetMap decided)
    {
        var pin = lane.Pin(null);
        if (!lane.TryAppend(LogEntryKind.StartsDecided, Stream, new LogEntry.StartsDecided(decided).ToJson(clock)))
        {
            pin.Release();
            return false;
        }
        Interlocked.Exchange(ref startsPin, pin)?.Release();
        return true;
    }

    /// <summary>The same at the end of the log, so that it holds nothing else. Any thread.</summary>
    internal void KeepStartsAnew(LaneLog lane)
    {
        if (KeepsStarts && decidedStarts is { IsEmpty: false } decided) _ = KeepStarts(lane, decided);
    }

    /// <summary>They are in the table, or the table is no more.</summary>
    internal void ForgetStarts() => Interlocked.Exchange(ref startsPin, null)?.Release();

    /// <summary>Its totals in a lane. That lane's thread.</summary>
    internal IngestCounters IngestOf(int lane) => ingest[lane] ??= new();

    internal bool IsFirstToTell(string column) => told.TryAdd(column, true);

    /// <summary>A reader waits for what others may have committed. Any thread.</summary>
    internal void AskForLook()
    {
        if (clock.MonotonicMs - Volatile.Read(ref lookedMs) < LeastLookMs || Interlocked.Exchange(ref isLookAsked, true)) return;
        Wake(Urgency.Idle);
    }

    /// <summary>There is work for it. Any thread.</summary>
    internal void Wake(Urgency urgency) => engine.Work.Wake(this, urgency);

    /// <summary>Columns cannot be inferred yet; null once they are.</summary>
    internal void ShowWanted(string? wanted)
    {
        if (wanted is null) Show(TableState.Running);
        else Show(TableState.Starting, wanted);
    }

    /// <summary>Its partitions are read, or none is to be read here.</summary>
    internal void ShowRunning(string detail = "")
    {
        if (run is { Failure: null } now && shown.State is TableState.Starting or TableState.Running)
            Show(now.Store.IsOpen ? TableState.Running : TableState.Starting, now.Store.IsOpen ? detail
                : "waiting for the first records, to infer the columns from them");
    }

    internal void Show(TableState state, string detail = "", PauseReason? reason = null)
    {
        var old = shown;
        if (old.State == state && old.Detail == detail) return;
        shown = new(state, detail, reason);
        if (old.State != state)
            log.Info("table state", ("table", Name), ("state", state), ("reason", reason is { } r ? PauseReasons.NameOf(r) : null),
                ("detail", detail.Length == 0 ? null : detail));
    }

    /// <summary>
    /// Does a step of what there is to do. Returns when the next is due, in monotonic milliseconds. One worker at a time.
    /// </summary>
    internal long Work()
    {
        try
        {
            if (run is null) return OpenWhenDue();
            using var calls = run.Calls.Enter();
            if (run.Failure is not null) return EndRun();
            return WorkForRun(run);
        }
        catch (EngineException error) when (run is not null && error.Kind != ErrorKind.Fatal | PauseReasons.Of(error) is not null)
        {
            run.Fail(error);
            return clock.MonotonicMs;
        }
    }

    /// <summary>A lane has lost its consumer, or all lanes are refused: no part of its run can go on. That lane's thread.</summary>
    internal void OnLaneProblem(EngineException reason)
    {
        LastError = reason.Message;
        run?.Fail(reason);
    }

    /// <summary>What its run still waits for is given up.</summary>
    internal void EndCalls() => run?.Calls.End();

    /// <summary>At a stop, once no lane feeds it: what is left of its run is given up. Worker or owner; no other works for it.</summary>
    internal void Stop()
    {
        if (run is { } last && last.Close())
        {
            EndVersion();
            last.Flush?.GiveUp(isStop: true);
            last.Dispose();
            run = null;
        }
        if (shown.State is not (TableState.Paused or TableState.Failed)) Show(TableState.Stopped);
    }

    internal void ShowFailed(string message) => Show(TableState.Failed, message);

    private long WorkForRun(TableRun now)
    {
        if (Volatile.Read(ref change) is not null && IsLeavingOver(now)) return clock.MonotonicMs;
        if (now.NextQuestion() is { } question)
        {
            if (question is StartsQuestion asked) starts!.Answer(asked);
            else if (question is RoutesQuestion values) new RouteTables(now, engine.Tables).Answer(values);
            else columns!.Answer((ColumnsQuestion)question);
            decidedStarts = now.Starts;
            FollowTable(now);
            FollowRoutes(now.Store);
            if (question is StartsQuestion answered)
                foreach (var source in answered.Sources) source.IsAnswered = true;
            question.Part.Lane.Tell(question.Answer());
            return clock.MonotonicMs;
        }
        if (now.Flush is { } flush)
        {
            if (clock.MonotonicMs < flush.DueMs) return flush.DueMs;
            if (flush.Step()) now.Flush = null;
            return now.Flush is { } going ? going.IsHeldUp ? long.MaxValue : going.DueMs : clock.MonotonicMs;
        }
        if (now.NextFlush(out var dueMs) is { } segments)
        {
            now.Flush = new(now, starts!, segments, engine.Flushing);
            return clock.MonotonicMs;
        }
        if (Volatile.Read(ref change) is null) return Math.Min(dueMs, LookAtTable(now));
        // What was asked for at the leaving is in the table; what came since is fetched again.
        if (dueMs == long.MaxValue) now.Fail(Left());
        return Math.Min(dueMs, leavingSinceMs + engine.RevokeTimeoutMs);
    }

    /// <summary>
    /// Once in a while without a flush: a table that was turned back, replaced or dropped, and a topic that was created again, are noticed
    /// though no record comes.
    /// </summary>
    private long LookAtTable(TableRun now)
    {
        var ms = clock.MonotonicMs;
        if (Topics.IsLookWanted || Interlocked.Exchange(ref isLookAsked, false)) nextLookMs = Math.Min(nextLookMs, ms);
        if (ms < nextLookMs) return nextLookMs;
        // Many tables look more seldom: the catalog and the broker have to answer all of them.
        Volatile.Write(ref lookedMs, ms);
        nextLookMs = ms + (LookMs * Math.Clamp(engine.TableCount / 100, 1, 10));
        if (!now.Store.IsOpen) return nextLookMs;
        var turnedBack = false;
        try
        {
            turnedBack = now.Store.WasTurnedBack();
            starts!.CheckLives(now.Parts.SelectMany(p => p.Sources).Where(s => s.Assigned));
            Topics.Look(engine.Queries.DescribeTopics);
            FollowTable(now);
        }
        catch (EngineException error) when (error.Retryable || error.Kind is ErrorKind.Unknown or ErrorKind.Denied)
        {
            log.Debug("the table cannot be looked at", ("table", Name), ("error", error.Message));
        }
        if (turnedBack)
            throw new EngineException(ErrorKind.Unavailable,
                $"table {now.Store.Ident} was turned back by another engine; starting again from what it holds");
        return nextLookMs;
    }

    private long OpenWhenDue()
    {
        if (engine.Stop.IsEnded || !TakeChange()) return long.MaxValue;
        if (pausedBy is not null && !Resumes()) return clock.MonotonicMs + ResumePollMs;
        if (clock.MonotonicMs < attemptMs) return attemptMs;
        using var calls = engine.Stop.Enter();
        beganMs = clock.MonotonicMs;
        try
        {
            Open();
        }
        catch (EngineException error) when (error.Kind != ErrorKind.Fatal | PauseReasons.Of(error) is not null)
        {
            OnEnded(error);
            return pausedBy is null ? attemptMs : clock.MonotonicMs + ResumePollMs;
        }
        return clock.MonotonicMs;
    }

    private void Open()
    {
        Show(TableState.Starting);
        KillPoint.Hit("run.begun");
        var store = engine.Stores.Open(Options, accepted, Flushes);
        KillPoint.Hit("run.table-open");
        if (store.IsAnother)
        {
            engine.Found.Forget(Stream);
            CutShort = null;
        }
        if (store.IsOpen && engine.Tables.ForeignTopic(Options, store.Offsets.Topics.Select(t => t.Key)) is { } foreign)
            throw new TableStop(PauseReason.Refused,
                $"table {Name} holds rows of topic "
                    + $"{foreign}, whose name gives another table that K2I would call the same; "
                + $"let table in [table.{Options.Template}] tell them apart", kind: ErrorKind.Invalid);
        LoggedFlush? redo = null;
        if (store.IsOpen && (CutShort ?? (hasOpened ? null : engine.Found.HalfDone(Stream, store.Uuid))) is { } logged)
        {
            redo = new HalfDoneFlush(store, logged, entry => engine.WriteEntry(Stream, entry), Options, Flushes, log, clock).Finish();
            // What is not in any log's order any more cannot be made again as it was.
            if (CutShort is not null) redo = null;
        }
        CutShort = null;
        var found = engine.Found.Starts(Stream, store.IsOpen ? store.Uuid : null);
        var decided = store.IsAnother || store.IsOpen && !store.Offsets.IsEmpty ? OffsetMap.Empty : decidedStarts.IsEmpty ? found
            : decidedStarts;
        if (!decided.IsEmpty || store.IsAnother) decidedStarts = decided;
        else if (!found.IsEmpty) decided = found;
        var opened = new TableRun(this, store, DeadLetterFactory.Create(Options, LetterServices()), engine.Pool, decided, redo, clock);
        starts = new(opened, engine.Found, engine.Queries, log);
        columns = new(opened, log);
        commitsAtOpening = Flushes.Commits;
        nextLookMs = clock.MonotonicMs + LookMs;
        hasOpened = true;
        BeginVersion(opened);
        FollowRoutes(store);
        run = opened;
        engine.TellLanes(new LaneMessage.RunReady(opened));
    }

    /// <summary>The tables that the home says there are have begun when lanes are told what comes next.</summary>
    private void FollowRoutes(TableStore store)
    {
        if (Options.Routing is not null && store.IsOpen && engine.Tables.HasNew(this, store.Routes))
            engine.TellLanes(new LaneMessage.TablesChanged());
    }

    private DeadLetterServices LetterServices() => new()
    {
        Table = engine.Stores.IdentOf(Options),
        Catalog = engine.Services.Catalog,
        Objects = engine.Services.Objects,
        ParquetBuffers = engine.Stores.ParquetBuffers,
        FormatVersion = engine.Options.Iceberg.FormatVersion,
        Kafka = engine.Options.Kafka,
        OpenProducer = o => engine.Services.OpenProducer(o, log),
        Log = log,
        Clock = clock,
        Random = engine.Services.Random,
        Accepted = acceptedRecords,
    };

    /// <summary>The run has failed: lanes give it up first, then it goes.</summary>
    private long EndRun()
    {
        var ended = run!;
        if (!ended.IsToldOver)
        {
            ended.IsToldOver = true;
            ended.Explained = Explain(ended);
            EndVersion();
            engine.TellLanes(new LaneMessage.RunOver(ended));
        }
        if (!ended.Close()) return long.MaxValue;
        ended.Flush?.GiveUp();
        ended.Dispose();
        run = null;
        Recovering = "";
        if (Volatile.Read(ref change) is null) OnEnded(ended.Explained!);
        return clock.MonotonicMs;
    }

    private EngineException Explain(TableRun ended) => starts!.Explain(ended.Failure!, ended.Parts.SelectMany(p => p.Sources));
}
