using K2I.Base;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Ring;

/// <summary>
/// The unit of the ring: the columns of some thousands to millions of rows in a fixed budget of native memory.
/// </summary>
/// <remarks>
/// Writer thread: <see cref="Rows"/> side (builder, publish, seal). Readers: <see cref="PublishedRows"/> by acquire load, and views of
/// at most that many rows, while they hold a lease. The lease word holds a count and, once retired, a closed bit: whoever brings a closed
/// word to zero frees the segment, so its memory is never reused under a reader.
/// </remarks>
public sealed class Segment : IDisposable
{
    private const int Closed = 1 << 30, Ended = 1 << 29;

    private BatchBuilder? builder;
    private int state = (int)SegmentState.Free;
    private int published;
    private int leases;

    internal Segment(int index) => Index = index;

    /// <summary>Its place in the ring, from 0.</summary>
    public int Index { get; }

    public SegmentState State => (SegmentState)Volatile.Read(ref state);

    /// <summary>Rows that readers may look at; grows until sealed.</summary>
    public int PublishedRows => Volatile.Read(ref published);

    /// <summary>The write side, for the writer thread while the segment is open.</summary>
    public BatchBuilder Rows
    {
        get
        {
            Check.Debug(State == SegmentState.Open);
            return builder!;
        }
    }

    /// <summary>Makes the rows ended so far visible to readers. Writer thread.</summary>
    public void Publish() => Volatile.Write(ref published, builder!.Rows);

    /// <summary>The first <paramref name="rows"/> published rows; the caller holds a lease, or the segment is sealed and the caller its flusher.</summary>
    public Batch View(int rows)
    {
        Check.That(rows <= PublishedRows);
        return builder!.View(rows);
    }

    /// <summary>All published rows; see <see cref="View(int)"/>.</summary>
    public Batch View() => View(PublishedRows);

    /// <summary>Keeps the rows in memory until the lease is disposed. False when the segment holds no rows to read (free or retired).</summary>
    public bool TryLease(out SegmentLease lease)
    {
        lease = default;
        while (true)
        {
            var word = Volatile.Read(ref leases);
            if ((word & Closed) != 0) return false;
            if (Interlocked.CompareExchange(ref leases, word + 1, word) != word) continue;
            // A free segment's word is closed, so holding a lease means that the rows are there.
            lease = new(this);
            return true;
        }
    }

    internal void EndLease()
    {
        var word = Interlocked.Decrement(ref leases);
        if (word == Closed) Free();
        else if (word == (Closed | Ended)) builder?.Dispose();
    }

    internal void StartClosed() => leases = Closed;

    /// <summary>Free → open. Writer thread.</summary>
    internal void Open(Schema schema, long budgetBytes)
    {
        Check.That(State == SegmentState.Free);
        if (builder is null || !ReferenceEquals(builder.Schema, schema))
        {
            builder?.Dispose();
            builder = new(schema, MemoryTag.Ring, budgetBytes);
        }
        else
        {
            builder.Reset();
        }
        Volatile.Write(ref published, 0);
        Volatile.Write(ref state, (int)SegmentState.Open);
        Volatile.Write(ref leases, 0);
    }

    /// <summary>Open → sealed. Writer thread.</summary>
    internal void Seal()
    {
        Check.That(State == SegmentState.Open);
        Publish();
        Volatile.Write(ref state, (int)SegmentState.Sealed);
    }

    /// <summary>Sealed → flushed. Flush thread.</summary>
    internal void MarkFlushed()
    {
        Check.That(State == SegmentState.Sealed);
        Volatile.Write(ref state, (int)SegmentState.Flushed);
    }

    /// <summary>Flushed → retired, and → free at once or when the last lease ends. Flush thread.</summary>
    internal void Retire()
    {
        Check.That(State == SegmentState.Flushed);
        Volatile.Write(ref state, (int)SegmentState.Retired);
        if (Interlocked.Or(ref leases, Closed) == 0) Free();
    }

    /// <summary>Frees the memory, now or when the last lease ends. By the ring's owner, once neither writer nor flusher uses it.</summary>
    public void Dispose()
    {
        if ((Interlocked.Or(ref leases, Closed | Ended) & ~Closed) == 0) builder?.Dispose();
    }

    private void Free() => Volatile.Write(ref state, (int)SegmentState.Free);
}
