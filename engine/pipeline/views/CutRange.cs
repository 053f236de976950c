using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// Offsets of a partition from <paramref name="From"/> (inclusive) to <paramref name="Next"/> (exclusive); some hold no row.
/// </summary>
public readonly record struct CutRange(string Topic, int Partition, Offset From, Offset Next);
