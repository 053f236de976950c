using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Pipeline;

/// <summary>Where to begin in a partition that the table has no rows of yet.</summary>
public abstract record StartPosition
{
    public static readonly StartPosition Earliest = new EarliestStart();
    public static readonly StartPosition Latest = new LatestStart();

    private StartPosition()
    {
    }

    internal bool Means(StartPosition other) => this is AtOffsets a && other is AtOffsets b ? a.Offsets.SequenceEqual(b.Offsets)
        : this == other;

    public sealed record EarliestStart : StartPosition;

    public sealed record LatestStart : StartPosition;

    /// <summary>The first record whose timestamp is not before this time.</summary>
    public sealed record AtTimestamp(long UnixMs) : StartPosition;

    /// <summary>Explicit offsets; partitions not named start at the earliest. Topic null: the table's only topic.</summary>
    public sealed record AtOffsets(ImmutableArray<(string? Topic, int Partition, Offset Offset)> Offsets) : StartPosition;
}
