using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// Offsets of one partition that a flush adds: from <paramref name="From"/> (inclusive) to <paramref name="Next"/> (exclusive). Some may hold no record.
/// <paramref name="Begins"/>: the table has nothing of the partition before them.
/// </summary>
internal readonly record struct OffsetRange(Source Source, Offset From, Offset Next, bool Begins = false);
