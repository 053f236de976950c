namespace K2I.Pipeline;

/// <summary>Offsets of one partition that a flush adds: from <paramref name="From"/> (inclusive; -1: the partition's start, whatever it is) to <paramref name="Next"/> (exclusive). Some may hold no record.</summary>
internal readonly record struct OffsetRange(Source Source, long From, long Next);
