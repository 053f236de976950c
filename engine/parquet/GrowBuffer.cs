using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>Owner of native bytes that grow by doubling; they may move when they do. Empty until first asked for room.</summary>
internal sealed unsafe class GrowBuffer(BufferArena arena) : IDisposable
{
    private NativeBlock? block;

    internal byte* Pointer { get; private set; }

    internal long Capacity { get; private set; }

    /// <summary>Makes room for <paramref name="bytes"/> in all, keeping the first <paramref name="keep"/>. Returns the (new) start.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* Ensure(long bytes, long keep)
    {
        if (bytes > Capacity) Grow(bytes, keep);
        return Pointer;
    }

    /// <summary>Gives the memory back; the next <see cref="Ensure"/> rents anew.</summary>
    internal void Release()
    {
        if (block is null) return;
        arena.Return(block);
        block = null;
        Pointer = null;
        Capacity = 0;
    }

    public void Dispose() => Release();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(long bytes, long keep)
    {
        var larger = arena.Rent(Math.Max(bytes, Capacity * 2));
        if (block is not null)
        {
            Buffer.MemoryCopy(Pointer, larger.Pointer, larger.Capacity, keep);
            arena.Return(block);
        }
        block = larger;
        Pointer = larger.Pointer;
        Capacity = larger.Capacity;
    }
}
