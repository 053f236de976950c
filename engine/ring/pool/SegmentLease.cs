namespace K2I.Ring.Pool;

/// <summary>Keeps a segment's rows in memory for one reader. Dispose exactly once; do not copy.</summary>
public struct SegmentLease : IDisposable
{
    private Segment? segment;

    internal SegmentLease(Segment segment) => this.segment = segment;

    public readonly Segment Segment => segment ?? throw new ObjectDisposedException(nameof(SegmentLease));

    public void Dispose()
    {
        segment?.EndLease();
        segment = null;
    }
}
