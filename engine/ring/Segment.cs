using K2I.Base;
using K2I.Columns;

namespace K2I.Ring;

/// <summary>
/// Rows of one table in a fixed budget of native memory, from when they are decoded until they are retired. An object is one life: its
/// memory is used again, by another segment, so what leases this one never sees other rows.
/// <code>
///   open ──seal──► sealed ──flushed──► flushed ──retire──► retired ──last lease ends──► free
///                                      kept for readers while there is room
///     └───────────────┴─────────────── discard ──────────────►┘
/// </code>
/// </summary>
/// <remarks>
/// Threads. Writer (the one that opened it): <see cref="Rows"/>, publish, seal. Flusher: flushed, retire. Either, once the other does
/// not use it: discard. Readers: <see cref="PublishedRows"/> by acquire load, and views of at most that many rows, while they hold a
/// lease. The pool: retires flushed ones whose room or time is up. No order among the segments of a table. The lease word holds a count
/// and, once retired, a closed bit: whoever brings a closed word to zero frees the memory, never under a reader.
/// </remarks>
public sealed class Segment
{
    private const int Closed = 1 << 30;

    private readonly PoolAccount account;
    private readonly BatchBuilder rows;
    private readonly int writer = Environment.CurrentManagedThreadId;
    private int state = (int)SegmentState.Open;
    private int published;
    private int leases;

    internal Segment(PoolAccount account, SegmentMemory memory, long sequence)
    {
        this.account = account;
        Memory = memory;
        rows = memory.Rows;
        Sequence = sequence;
    }

    /// <summary>Its number among the segments of its pool, from 1, in the order they were opened.</summary>
    public long Sequence { get; }

    /// <summary>What its rows may take and its table's account is charged: a class of <see cref="SegmentClasses"/>.</summary>
    public long BudgetBytes => Memory.Bytes;

    /// <summary>Of its rows.</summary>
    public Schema Schema => rows.Schema;

    public SegmentState State => (SegmentState)Volatile.Read(ref state);

    /// <summary>Rows that readers may look at; grows until sealed.</summary>
    public int PublishedRows => Volatile.Read(ref published);

    internal SegmentMemory Memory { get; }

    /// <summary>Who is charged for it. Under the pool's lock, as the next two.</summary>
    internal SegmentCharge Charge { get; set; } = SegmentCharge.Account;

    internal AgeQueue<SegmentKind, Segment>.Place? FlushedPlace { get; set; }

    internal long FlushedMs { get; set; }

    /// <summary>The write side, for the writer while the segment is open.</summary>
    public BatchBuilder Rows
    {
        get
        {
            Check.Debug(State == SegmentState.Open && writer == Environment.CurrentManagedThreadId);
            return rows;
        }
    }

    /// <summary>Makes the rows ended so far visible to readers. Writer.</summary>
    public void Publish() => Volatile.Write(ref published, Rows.Rows);

    /// <summary>Open → sealed: all its rows are published, and the flusher may have it. Writer.</summary>
    public void Seal()
    {
        Publish();
        Move(SegmentState.Open, SegmentState.Sealed);
    }

    /// <summary>
    /// Sealed → flushed: its rows are in the table. Its account is charged for it no longer; the pool keeps it for readers, and retires it.
    /// Flusher.
    /// </summary>
    public void MarkFlushed(long nowMs)
    {
        Move(SegmentState.Sealed, SegmentState.Flushed);
        account.Keep(this, nowMs);
    }

    /// <summary>Flushed → retired, and → free at once or when the last lease ends. False where someone else retired it. The pool.</summary>
    internal bool TryRetire()
    {
        if (!TryMove(SegmentState.Flushed, SegmentState.Retired)) return false;
        Close();
        return true;
    }

    /// <summary>Open or sealed → retired without a flush, as its run ended; free at once or when the last lease ends.</summary>
    public void Discard()
    {
        var from = State;
        Check.That(from is SegmentState.Open or SegmentState.Sealed);
        Move(from, SegmentState.Retired);
        Close();
    }

    /// <summary>The first <paramref name="count"/> published rows; the caller holds a lease, or is the writer or the flusher.</summary>
    public Batch View(int count)
    {
        Check.That(count <= PublishedRows && State != SegmentState.Free);
        return rows.View(count);
    }

    /// <summary>All published rows; see <see cref="View(int)"/>.</summary>
    public Batch View() => View(PublishedRows);

    /// <summary>Keeps the rows in memory until the lease is disposed. False once it is retired.</summary>
    public bool TryLease(out SegmentLease lease)
    {
        lease = default;
        while (true)
        {
            var word = Volatile.Read(ref leases);
            if ((word & Closed) != 0) return false;
            if (Interlocked.CompareExchange(ref leases, word + 1, word) != word) continue;
            lease = new(this);
            return true;
        }
    }

    internal void EndLease()
    {
        if (Interlocked.Decrement(ref leases) == Closed) Free();
    }

    /// <summary>Its account ends, whatever its state.</summary>
    internal void Abandon()
    {
        while (true)
        {
            var from = State;
            if (from is SegmentState.Retired or SegmentState.Free) return;
            if (!TryMove(from, SegmentState.Retired)) continue;
            Close();
            return;
        }
    }

    private void Close()
    {
        if (Interlocked.Or(ref leases, Closed) == 0) Free();
        else account.Pin(this);
    }

    private void Free()
    {
        Move(SegmentState.Retired, SegmentState.Free);
        account.Free(this);
    }

    private void Move(SegmentState from, SegmentState to) => Check.That(TryMove(from, to));

    private bool TryMove(SegmentState from, SegmentState to) =>
        Interlocked.CompareExchange(ref state, (int)to, (int)from) == (int)from;
}
