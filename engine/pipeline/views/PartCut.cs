using System.Collections.Immutable;

namespace K2I.Pipeline;

/// <summary>
/// How far the published rows of a part are: the last segment with how many of its rows, and the next offset of each source. Both of one
/// moment. The lane's thread writes, any reads; nobody waits for anybody.
/// </summary>
/// <remarks>
/// A sequence lock. Writer: (1) the sequence becomes odd, and a full fence; (2) the values; (3) the sequence becomes even, by a release
/// store. Reader: (1) an even sequence, by an acquire load; (2) the values; (3) a fence, and the sequence again: as before, or once more.
/// </remarks>
internal sealed class PartCut
{
    private long sequence;
    private long segment;
    private int rows;
    private ImmutableArray<Source> sources = [];

    /// <summary>Those that rows are taken of, and those that have gone since. Any thread.</summary>
    internal ImmutableArray<Source> Sources => sources;

    /// <summary>Another number after each <see cref="Write"/>. Any thread.</summary>
    internal long Moment => Volatile.Read(ref sequence);

    internal void Add(Source source) => ImmutableInterlocked.Update(ref sources, static (all, added) => all.Add(added), source);

    /// <summary>What was taken is published. The lane's thread.</summary>
    internal void Write(long lastSegment, int publishedRows)
    {
        Volatile.Write(ref sequence, sequence + 1);
        Interlocked.MemoryBarrier();
        segment = lastSegment;
        rows = publishedRows;
        foreach (var source in sources) source.PublishTaken();
        Volatile.Write(ref sequence, sequence + 1);
    }

    /// <summary>
    /// The last segment and its rows, by its number in the pool: those before it are published whole, those behind it not at all. Adds
    /// where the sources are to <paramref name="offsets"/>.
    /// </summary>
    internal (long Segment, int Rows) Read(List<(Source Source, Base.Offset Next)> offsets)
    {
        var from = offsets.Count;
        var spin = new SpinWait();
        while (true)
        {
            var before = Volatile.Read(ref sequence);
            if ((before & 1) == 0)
            {
                var cut = (Volatile.Read(ref segment), Volatile.Read(ref rows));
                foreach (var source in sources) offsets.Add((source, source.PublishedOffset));
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref sequence) == before) return cut;
                offsets.RemoveRange(from, offsets.Count - from);
            }
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }
}
