using K2I.Base;

namespace K2I.Pipeline;

/// <summary>Which offsets the open segment covers, dead letters and gaps included. The lane's thread.</summary>
internal sealed class SegmentCoverage
{
    private readonly List<OffsetRange> ranges = [];
    private int[] rangeBySource = [];

    internal bool IsEmpty => ranges.Count == 0;

    /// <summary>When the first of its records was fetched; 0 for none.</summary>
    internal long FirstFetchedUnixMs { get; set; }

    /// <summary>
    /// The source's offsets up to <paramref name="next"/> belong to this segment; <paramref name="from"/> and <paramref name="begins"/>
    /// count for the first call only, which is true.
    /// </summary>
    internal bool Advance(Source source, Offset from, Offset next, bool begins = false)
    {
        if (source.Index >= rangeBySource.Length) Array.Resize(ref rangeBySource, Math.Max(4, source.Index * 2));
        ref var at = ref rangeBySource[source.Index];
        if (at == 0)
        {
            ranges.Add(new(source, from, next, begins));
            at = ranges.Count;
            return true;
        }
        ranges[at - 1] = ranges[at - 1] with { Next = next };
        return false;
    }

    /// <summary>What is covered, for the seal; the next segment begins with nothing.</summary>
    internal OffsetRange[] Take()
    {
        var taken = ranges.ToArray();
        foreach (var range in taken) rangeBySource[range.Source.Index] = 0;
        ranges.Clear();
        FirstFetchedUnixMs = 0;
        return taken;
    }
}
