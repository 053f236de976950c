namespace K2I.EndToEnd.Tests;

/// <summary>Offsets of a partition; <paramref name="To"/> is exclusive.</summary>
public readonly record struct OffsetRange(string Topic, int Partition, long From, long To);
