namespace K2I.Ring;

/// <summary>
/// The sizes of segments, in bytes: 16 KiB to 64 MiB, each four times the one before. Few enough that freed memory fits the next who asks,
/// and five full segments lead a table from the smallest to the usual one; the smallest holds some dozens of rows, so that ten thousand
/// quiet tables fit half of 320 MiB.
/// </summary>
public static class SegmentClasses
{
    public const long Smallest = 16L << 10, Largest = 64L << 20;

    /// <summary>The largest that rows of usual length want: one class below the largest.</summary>
    public const long Usual = Largest / Step;

    internal const int Step = 4;

    /// <summary>The largest class of at most so many bytes; the smallest where there is none.</summary>
    public static long AtMost(long bytes)
    {
        var size = Smallest;
        while (size < Largest && size * Step <= bytes) size *= Step;
        return size;
    }

    /// <summary>
    /// The smallest class of at least so many bytes; more than <see cref="Largest"/>, which is none, where they are too many.
    /// </summary>
    internal static long AtLeast(long bytes)
    {
        var size = Smallest;
        while (size <= Largest && size < bytes) size *= Step;
        return size;
    }
}
