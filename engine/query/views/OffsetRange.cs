using K2I.Base;

namespace K2I.Query;

/// <summary>
/// Offsets of a partition from <paramref name="From"/> (inclusive) to <paramref name="Next"/> (exclusive); some may hold no record, or one
/// that became no row.
/// </summary>
public readonly record struct OffsetRange(string Topic, int Partition, Offset From, Offset Next)
{
    /// <summary><c>topic:partition:from-next</c>.</summary>
    public override string ToString() => $"{Topic}:{Partition}:{From}-{Next}";
}
