namespace K2I.Ring;

/// <summary>
/// What one writer of a table asks the pool for next: the smallest class at first, one larger after a segment that was full, one smaller
/// after one that was sealed with at most an eighth of it used. The largest class is for rows that did not fit into the one before although
/// it was empty: readers hold memory by whole segments, and what they may hold should be several.
/// </summary>
public readonly record struct SegmentGrowth(long WantedBytes)
{
    public static readonly SegmentGrowth Start = new(SegmentClasses.Smallest);

    /// <summary>After a segment of <paramref name="segmentBytes"/>, which may be less than was wanted.</summary>
    public static SegmentGrowth After(long segmentBytes, long usedBytes, bool full)
    {
        if (full) return new(Math.Min(segmentBytes * SegmentClasses.Step, usedBytes > 0 ? SegmentClasses.Usual : SegmentClasses.Largest));
        return new(usedBytes <= segmentBytes / 8 ? Math.Max(segmentBytes / SegmentClasses.Step, SegmentClasses.Smallest) : segmentBytes);
    }
}
