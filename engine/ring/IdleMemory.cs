namespace K2I.Ring;

/// <summary>
/// Memory of segments that are no more, kept with its pages until a segment of its kind wants it, of whichever table, or the room is
/// needed:
/// pages that are faulted in anew cost more than the rows that are written to them. Under the pool's lock.
/// </summary>
internal sealed class IdleMemory
{
    private readonly AgeQueue<SegmentKind, SegmentMemory> queue = new();

    /// <summary>What all of it is charged.</summary>
    internal long Bytes { get; private set; }

    internal void Add(SegmentMemory memory)
    {
        queue.Add(memory.Kind, memory);
        Bytes += memory.Bytes;
    }

    /// <summary>The one that was used last; null where there is none.</summary>
    internal SegmentMemory? TryTake(SegmentKind kind) => Remove(queue.NewestOf(kind));

    /// <summary>The one that has been idle for longest; null where there is none.</summary>
    internal SegmentMemory? TryTakeOldest() => Remove(queue.Oldest);

    private SegmentMemory? Remove(AgeQueue<SegmentKind, SegmentMemory>.Place? place)
    {
        if (place is null) return null;
        var memory = queue.Remove(place);
        Bytes -= memory.Bytes;
        return memory;
    }
}
