namespace K2I.Ring;

/// <summary>
/// What one writer of a table asks the pool for next: the smallest class at first, one larger after a segment that was full (or that a row
/// did not fit although it was empty), one smaller after one that was sealed with at most an eighth of it used.
/// </summary>
public readonly record struct SegmentGrowth(long WantedBytes)
{
    public static readonly SegmentGrowth Start = new(SegmentClasses.Smallest);

    /// <summary>After a segment of <paramref name="segmentBytes"/>, which may be less than was wanted.</summary>
    public static SegmentGrowth After(long segmentBytes, long usedBytes, bool full)
    {
        if (full) return new(Math.Min(segmentBytes * SegmentClasses.Step, SegmentClasses.Largest));
        return new(usedBytes <= segmentBytes / 8 ? Math.Max(segmentBytes / SegmentClasses.Step, SegmentClasses.Smallest) : segmentBytes);
    }
}
