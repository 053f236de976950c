using System.Collections.Immutable;
using K2I.Base;
using K2I.Kafka;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>
/// One life of a table in all lanes: from where the table stands until a stop or a doubt. After a doubt nothing of it is kept: its rows
/// leave memory and logs, and the next run starts from what the table says.
/// </summary>
/// <remarks>
/// Lanes add sealed segments and questions, from their threads; whoever works for the table (one worker at a time) takes them. Locks are
/// short. It ends in steps: <see cref="Fail"/> by anyone; the worker tells the lanes; each gives its part up; the last one wakes the
/// worker, which disposes of it.
/// </remarks>
internal sealed class TableRun : IDisposable
{
    /// <summary>How long a flush waits for lanes to seal what they have, so that one commit takes it all.</summary>
    private const int SealWaitMs = 200;

    private readonly Lock gate = new();
    private readonly Queue<Question> questions = new();
    private readonly List<Sealed> waiting = [];
    private readonly Dictionary<(string Topic, int Partition), Offset> taken = [];
    private readonly IClock clock;
    private ImmutableArray<RunPart> parts = [];
    private EngineException? failure;
    private int sealsAwaited;
    private long sealsAwaitedSinceMs;
    private bool flushWanted;
    private bool isOver;

    internal TableRun(TableHandle table, TableStore store, DeadLetters letters, SegmentPool pool, OffsetMap starts, LoggedFlush? redo,
        IClock clock)
    {
        (Table, Store, Letters, Memory, Redo, Starts, this.clock) = (table, store, letters, pool.Open(), redo, starts, clock);
        LargestSegmentBytes = pool.MaxSegmentBytes;
        Calls = new(clock);
    }

    internal TableHandle Table { get; }

    internal TableStore Store { get; }

    internal DeadLetters Letters { get; }

    internal PoolAccount Memory { get; }

    internal long LargestSegmentBytes { get; }

    /// <summary>The calls of whoever works for the run; ended with it.</summary>
    internal CallScope Calls { get; }

    /// <summary>
    /// A flush that a crash cut short before its commit: its rows are flushed under its name, where they come out of the log as they were.
    /// </summary>
    internal LoggedFlush? Redo { get; }

    /// <summary>Where reading was decided to begin. The worker's.</summary>
    internal OffsetMap Starts { get; set; }

    /// <summary>The flush under way. The worker's.</summary>
    internal TableFlush? Flush { get; set; }

    /// <summary>A flush is under way or asked for. Any thread.</summary>
    internal bool IsFlushing => Flush is not null || Volatile.Read(ref flushWanted);

    /// <summary>Lanes were told that it is over. The worker's.</summary>
    internal bool IsToldOver { get; set; }

    /// <summary>Why it ended, once looked into. The worker's.</summary>
    internal EngineException? Explained { get; set; }

    /// <summary>Any thread.</summary>
    internal ImmutableArray<RunPart> Parts => parts;

    /// <summary>Why it is to end; null while it lives. Any thread.</summary>
    internal EngineException? Failure => Volatile.Read(ref failure);

    /// <summary>When the oldest row that no snapshot has yet was fetched; 0 for none. Any thread.</summary>
    internal long OldestPendingUnixMs
    {
        get
        {
            var oldest = 0L;
            foreach (var part in parts) oldest = Earlier(oldest, part.Pending.SinceUnixMs);
            lock (gate)
                foreach (var segment in waiting) oldest = Earlier(oldest, segment.FirstFetchedUnixMs);
            return Earlier(oldest, Flush?.OldestUnixMs ?? 0);

            static long Earlier(long a, long b) => a == 0 ? b : b == 0 ? a : Math.Min(a, b);
        }
    }

    /// <summary>Ends it, for this reason unless there is one already. Any thread.</summary>
    internal void Fail(EngineException reason)
    {
        if (Interlocked.CompareExchange(ref failure, reason, null) is null) Table.Wake(Urgency.Control);
    }

    /// <summary>
    /// A lane has made a part of it. False where it is over, or has failed: who joined then might not be told that it is over. That lane's
    /// thread.
    /// </summary>
    internal bool Join(RunPart part)
    {
        lock (gate)
        {
            if (isOver || Failure is not null) return false;
            parts = parts.Add(part);
            return true;
        }
    }

    /// <summary>A lane has given its part up. That lane's thread.</summary>
    internal void Leave(RunPart part)
    {
        bool last;
        lock (gate)
        {
            parts = parts.Remove(part);
            last = parts.IsEmpty;
        }
        if (last) Table.Wake(Urgency.Control);
    }

    /// <summary>No further part may join; true once none is left. The worker.</summary>
    internal bool Close()
    {
        lock (gate)
        {
            isOver = true;
            return parts.IsEmpty;
        }
    }

    /// <summary>Asks whoever works for the table. A lane's thread.</summary>
    internal void Ask(Question question)
    {
        lock (gate) questions.Enqueue(question);
        Table.Wake(Urgency.Control);
    }

    internal Question? NextQuestion()
    {
        lock (gate) return questions.TryDequeue(out var question) ? question : null;
    }

    /// <summary>A segment was sealed; it is flushed with the next flush. A lane's thread.</summary>
    internal void Take(Sealed handed)
    {
        lock (gate)
        {
            waiting.Add(handed);
            foreach (var range in handed.Ranges)
            {
                var key = (range.Source.Topic, range.Source.Partition);
                if (!taken.TryGetValue(key, out var to) || range.Next > to) taken[key] = range.Next;
            }
        }
    }

    /// <summary>How far segments of it have gone in a partition; none where they have not.</summary>
    internal Offset TakenOf(TopicPartition partition)
    {
        lock (gate) return taken.TryGetValue((partition.Topic, partition.Partition), out var to) ? to : Offset.None;
    }

    /// <summary>
    /// What is sealed is to be flushed, and what other lanes hold with it. <paramref name="by"/> has sealed its own. Any thread.
    /// </summary>
    internal void RequestFlush(RunPart? by, Urgency urgency = Urgency.Flush)
    {
        lock (gate)
        {
            if (!flushWanted)
            {
                flushWanted = true;
                sealsAwaited = 0;
                sealsAwaitedSinceMs = clock.MonotonicMs;
                foreach (var part in parts)
                {
                    if (ReferenceEquals(part, by) || part.Pending.IsEmpty) continue;
                    sealsAwaited++;
                    part.Lane.Tell(new LaneMessage.Seal(part));
                }
            }
        }
        Table.Wake(urgency);
    }

    /// <summary>A flush of it is in the table. The worker.</summary>
    internal void OnLanded()
    {
        if (!Table.KeepsStarts || !Starts.Topics.All(t => t.Value.Partitions.All(p => Store.Offsets.Next(t.Key, p.Key) is not null)))
            return;
        Table.ForgetStarts();
    }

    /// <summary>A lane has sealed what it was asked to.</summary>
    internal void OnSealed()
    {
        lock (gate)
        {
            if (--sealsAwaited > 0) return;
            // The flush that asked for it may have gone without it.
            flushWanted |= waiting.Count > 0;
        }
        Table.Wake(Urgency.Flush);
    }

    /// <summary>
    /// What is to be flushed next, oldest first: all that is sealed, but for rows that belong to a flush which a crash cut short, which go
    /// on their own. Null where none is wanted, or lanes are waited for until <paramref name="dueMs"/>.
    /// </summary>
    internal List<Sealed>? NextFlush(out long dueMs)
    {
        dueMs = long.MaxValue;
        lock (gate)
        {
            if (!flushWanted) return null;
            if (sealsAwaited > 0 && clock.MonotonicMs < sealsAwaitedSinceMs + SealWaitMs)
            {
                dueMs = sealsAwaitedSinceMs + SealWaitMs;
                return null;
            }
            // Segments of a flush that is made again come first from each lane, and all of them at once.
            var redo = waiting.Find(s => s.Redo is not null)?.Redo;
            var next = redo is null ? [.. waiting] : waiting.FindAll(s => ReferenceEquals(s.Redo, redo));
            if (redo is null) waiting.Clear();
            else waiting.RemoveAll(s => ReferenceEquals(s.Redo, redo));
            if (waiting.Count == 0) flushWanted = false;
            return next.Count == 0 ? null : next;
        }
    }

    /// <summary>Gives up what waits. The worker, once no lane has a part of it.</summary>
    public void Dispose()
    {
        Flush?.GiveUp();
        lock (gate)
        {
            foreach (var segment in waiting) segment.Release(isFlushed: false);
            waiting.Clear();
        }
        Letters.Dispose();
        Memory.Dispose();
        Calls.Dispose();
    }
}
