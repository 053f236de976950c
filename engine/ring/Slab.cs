using K2I.Memory;

namespace K2I.Ring;

/// <summary>
/// Address space for segments of one class, side by side: thousands of small ones are few mappings of the kernel, which allows 65,530.
/// Under the pool's lock.
/// </summary>
internal sealed class Slab : IDisposable
{
    private const long LeastBytes = 8L << 20;

    private readonly Stack<int> free;

    internal Slab(MemoryTag tag, long placeBytes)
    {
        PlaceBytes = placeBytes;
        var places = (int)Math.Max(1, LeastBytes / placeBytes);
        Memory = NativeBuffer.Reserve(tag, places * placeBytes);
        free = new(Enumerable.Range(0, places).Reverse());
        Places = places;
    }

    internal NativeBuffer Memory { get; }

    internal long PlaceBytes { get; }

    internal int Places { get; }

    internal bool IsFull => free.Count == 0;

    internal bool IsEmpty => free.Count == Places;

    internal int Take() => free.Pop();

    internal void Return(int place) => free.Push(place);

    /// <summary>Gives a place's pages back to the kernel: the next to use it finds zeros. Before it is returned.</summary>
    internal void Clean(int place) => Memory.Release(place * PlaceBytes, PlaceBytes);

    public void Dispose() => Memory.Dispose();
}
