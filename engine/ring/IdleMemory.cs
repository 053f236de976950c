namespace K2I.Ring;

/// <summary>
/// Memory of segments that are no more, kept with its pages until a segment of the same layout and class wants it, of whichever table, or
/// the room is needed: pages that are faulted in anew cost more than the rows that are written to them. Under the pool's lock.
/// </summary>
internal sealed class IdleMemory
{
    /// <summary>Smaller ones are a few pages, and the objects that describe their columns would weigh more.</summary>
    private const long LeastBytes = SegmentClasses.Smallest * SegmentClasses.Step;

    private readonly LinkedList<SegmentMemory> all = new();
    private readonly Dictionary<(string Layout, long Bytes), LinkedList<LinkedListNode<SegmentMemory>>> byKind = [];

    /// <summary>What all of it is charged.</summary>
    internal long Bytes { get; private set; }

    internal static bool IsWorthKeeping(SegmentMemory memory) => memory.Bytes >= LeastBytes;

    internal void Add(SegmentMemory memory)
    {
        if (!byKind.TryGetValue(KindOf(memory), out var kind)) byKind[KindOf(memory)] = kind = new();
        kind.AddLast(all.AddLast(memory));
        Bytes += memory.Bytes;
    }

    /// <summary>The one that was used last; null where there is none.</summary>
    internal SegmentMemory? TryTake(string layout, long bytes)
    {
        if (!byKind.TryGetValue((layout, bytes), out var kind)) return null;
        var node = kind.Last!.Value;
        kind.RemoveLast();
        return Remove(node, kind);
    }

    /// <summary>The one that has been idle for longest; null where there is none.</summary>
    internal SegmentMemory? TryTakeOldest()
    {
        if (all.First is not { } node) return null;
        // The oldest of all is the oldest of its kind.
        var kind = byKind[KindOf(node.Value)];
        kind.RemoveFirst();
        return Remove(node, kind);
    }

    private SegmentMemory Remove(LinkedListNode<SegmentMemory> node, LinkedList<LinkedListNode<SegmentMemory>> kind)
    {
        var memory = node.Value;
        if (kind.Count == 0) byKind.Remove(KindOf(memory));
        all.Remove(node);
        Bytes -= memory.Bytes;
        return memory;
    }

    private static (string Layout, long Bytes) KindOf(SegmentMemory memory) => (memory.Layout, memory.Bytes);
}
