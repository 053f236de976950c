using K2I.Base;

namespace K2I.Ring;

/// <summary>
/// Where the newest row of a key is, in a word: the number that an index gave to the segment, from 1 and never twice, and the ordinal.
/// <code>
///   63            25 24         0
///   segment's number   ordinal
/// </code>
/// </summary>
internal readonly record struct RowLocation(ulong Word)
{
    // A row takes four bytes of address space at least, so the largest segment has 2^24 rows and some.
    private const int OrdinalBits = 25;

    internal const long MaxNumber = (1L << (64 - OrdinalBits)) - 1;

    internal RowLocation(long number, int ordinal) : this(((ulong)number << OrdinalBits) | (uint)ordinal) =>
        Check.Debug(number is > 0 and <= MaxNumber && ordinal >> OrdinalBits == 0);

    internal long Number => (long)(Word >> OrdinalBits);

    internal int Ordinal => (int)Word & ((1 << OrdinalBits) - 1);
}
