using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Query;

/// <summary>How far a follower is in each partition, and what it missed on the way. One thread.</summary>
internal sealed class FollowedOffsets(OffsetVector from)
{
    private readonly Dictionary<(string Topic, int Partition), Offset> next = from.Partitions.ToDictionary(p => p.Key, p => p.Value);
    private List<OffsetRange> missed = [];

    internal OffsetVector Next => new(next);

    /// <summary>The next offset of a partition; none where it has given none.</summary>
    internal Offset this[(string Topic, int Partition) partition]
    {
        get => next.GetValueOrDefault(partition, Offset.None);
        set => next[partition] = value;
    }

    /// <summary>
    /// The rows that cover these offsets come next: what lies before them is missed. False where it is beyond all of them already.
    /// </summary>
    internal bool Reach(ImmutableArray<OffsetRange> covers)
    {
        var wanted = covers.IsEmpty;
        foreach (var range in covers)
        {
            var partition = (range.Topic, range.Partition);
            if (next.TryGetValue(partition, out var has) && has < range.From) Miss(range with { From = has, Next = range.From });
            wanted |= this[partition] < range.Next;
        }
        return wanted;
    }

    /// <summary>All that is in memory was given: what the table has besides, up to here, is missed.</summary>
    internal void Reach(OffsetVector end)
    {
        foreach (var ((topic, partition), offset) in end.Partitions)
        {
            if (!next.TryGetValue((topic, partition), out var has)) next[(topic, partition)] = offset;
            else if (has < offset) Miss(new(topic, partition, has, offset));
        }
    }

    /// <summary>The rows that cover these offsets were given.</summary>
    internal void Advance(ImmutableArray<OffsetRange> covers)
    {
        foreach (var range in covers) this[(range.Topic, range.Partition)] = Offset.Max(this[(range.Topic, range.Partition)], range.Next);
    }

    internal ImmutableArray<OffsetRange> TakeMissed()
    {
        var taken = missed.ToImmutableArray();
        missed = [];
        return taken;
    }

    private void Miss(OffsetRange range)
    {
        missed.Add(range);
        next[(range.Topic, range.Partition)] = range.Next;
    }
}
