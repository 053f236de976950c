using K2I.Base;
using K2I.Columns;

namespace K2I.Ring;

/// <summary>What one table holds of a <see cref="SegmentPool"/>: nothing while it is idle. Any thread.</summary>
public sealed class PoolAccount : IDisposable
{
    private readonly SegmentPool pool;
    private volatile SegmentShape? shape;
    private long heldBytes;

    internal PoolAccount(SegmentPool pool) => this.pool = pool;

    /// <summary>
    /// Charged for its segments until they are flushed or given up: the classes of all that are open or sealed.
    /// </summary>
    public long HeldBytes => Volatile.Read(ref heldBytes);

    /// <summary>Segments that are not free. Under the pool's lock.</summary>
    internal HashSet<Segment> Live { get; } = [];

    internal bool IsClosed { get; set; }

    /// <summary>
    /// An open segment of the class that <paramref name="wantedBytes"/> holds, or of a smaller one where that is not to be had; of a
    /// larger one where the schema's columns need it. Null where there is no room for this account (backpressure), or it is disposed.
    /// The caller is its writer.
    /// </summary>
    /// <exception cref="EngineException">
    /// <see cref="ErrorKind.Full"/>: the kernel refuses, or the largest class does not hold rows of so many columns.
    /// </exception>
    public Segment? TryOpen(Schema schema, long wantedBytes) => pool.TryOpen(this, ShapeOf(schema), wantedBytes);

    /// <summary>
    /// Discards its segments, flushed ones too, and closes it; what is leased goes with the last lease. The owner, once neither writers nor
    /// flushers use them.
    /// </summary>
    public void Dispose() => pool.Close(this);

    private SegmentShape ShapeOf(Schema schema)
    {
        var known = shape;
        if (!ReferenceEquals(known?.Schema, schema)) shape = known = new(schema);
        return known!;
    }

    internal void Free(Segment segment) => pool.Free(this, segment);

    internal void Keep(Segment segment, long nowMs) => pool.Keep(this, segment, nowMs);

    internal void Pin(Segment segment) => pool.Pin(this, segment);

    internal void Charge(long bytes) => Volatile.Write(ref heldBytes, heldBytes + bytes);
}
