using K2I.Base;
using K2I.Columns;

namespace K2I.Ring;

/// <summary>
/// A table's rows between fetch and retirement: a fixed number of segments, used in turn.
/// <code>
///        tail ──► oldest sealed or flushed        head ──► open, or the next to open
///   … free │ flushed │ sealed │ sealed │ open │ free …
/// </code>
/// </summary>
/// <remarks>
/// Threads. Writer (ingest): <see cref="TryOpen"/>, <see cref="Current"/>, publish, <see cref="Seal"/>. Flusher: <see cref="TryTakeSealed"/>, <see cref="Release"/>. Readers: leases.
/// No locks: a segment's state is handed from one thread to the next by release stores. Full means <see cref="TryOpen"/> is false; the ring never grows.
/// </remarks>
public sealed class SegmentRing : IDisposable
{
    private const int MinSegments = 8;
    private const long MinBudgetBytes = 1L << 20, MaxSegmentBytes = 64L << 20;

    private readonly Segment[] segments;
    private long head;
    private long taken;
    private long tail;

    /// <summary>Splits <paramref name="budgetBytes"/> (1 MiB at least) into segments of at most 64 MiB, eight or more of them.</summary>
    public SegmentRing(long budgetBytes)
    {
        Check.That(budgetBytes >= MinBudgetBytes);
        var count = (int)Math.Max(MinSegments, (budgetBytes + MaxSegmentBytes - 1) / MaxSegmentBytes);
        SegmentBytes = budgetBytes / count;
        BudgetBytes = budgetBytes;
        segments = new Segment[count];
        for (var i = 0; i < count; i++)
        {
            segments[i] = new(i);
            segments[i].StartClosed();
        }
    }

    public long BudgetBytes { get; }

    public long SegmentBytes { get; }

    public IReadOnlyList<Segment> Segments => segments;

    /// <summary>The open segment, or null. Writer thread.</summary>
    public Segment? Current { get; private set; }

    /// <summary>Segments that hold rows: open, sealed or flushed. Any thread.</summary>
    public int InUse => (int)(Volatile.Read(ref head) - Volatile.Read(ref tail)) + (Current is null ? 0 : 1);

    /// <summary>Sealed segments that the flusher has not taken yet. Any thread.</summary>
    public int Waiting => (int)(Volatile.Read(ref head) - Volatile.Read(ref taken));

    /// <summary>Opens the next segment for rows of <paramref name="schema"/>; false when none is free (backpressure). Writer thread.</summary>
    public bool TryOpen(Schema schema)
    {
        Check.That(Current is null);
        var next = segments[head % segments.Length];
        if (next.State != SegmentState.Free) return false;
        next.Open(schema, SegmentBytes);
        Current = next;
        return true;
    }

    /// <summary>Ends the open segment; readers and the flusher see all its rows. One without rows stays open unless <paramref name="evenEmpty"/>. Writer thread.</summary>
    public bool Seal(bool evenEmpty = false)
    {
        if (Current is null || (Current.Rows.Rows == 0 && !evenEmpty)) return false;
        Current.Seal();
        Current = null;
        Volatile.Write(ref head, head + 1);
        return true;
    }

    /// <summary>
    /// Gives up an open segment that has no rows and opens it for another schema; false while a reader holds a lease on it (try
    /// <see cref="TryOpen"/> again). Writer thread.
    /// </summary>
    public bool Reopen(Schema schema)
    {
        Check.That(Current is { Rows.Rows: 0 });
        var empty = Current;
        Current = null;
        empty.Seal();
        empty.MarkFlushed();
        empty.Retire();
        return TryOpen(schema);
    }

    /// <summary>The oldest sealed segment not taken yet, or null. Flush thread.</summary>
    public Segment? TryTakeSealed()
    {
        if (taken == Volatile.Read(ref head)) return null;
        var segment = segments[taken % segments.Length];
        Check.That(segment.State == SegmentState.Sealed);
        Volatile.Write(ref taken, taken + 1);
        return segment;
    }

    /// <summary>Its rows are committed: marks the oldest taken segment flushed and retires it. Flush thread, in the order taken.</summary>
    public void Release(Segment segment)
    {
        Check.That(ReferenceEquals(segment, segments[tail % segments.Length]));
        segment.MarkFlushed();
        segment.Retire();
        Volatile.Write(ref tail, tail + 1);
    }

    /// <summary>Frees all memory but that of leased segments, which goes with the last lease. The owner, once neither writer nor flusher uses the ring.</summary>
    public void Dispose()
    {
        foreach (var segment in segments) segment.Dispose();
    }
}
