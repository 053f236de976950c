using System.Runtime.CompilerServices;
using K2I.Base;

namespace K2I.Parquet;

/// <summary>Owner of native bytes that grow by doubling; they may move when they do. There are always <see cref="Slack"/> bytes more than asked for, so kernels may run over.</summary>
internal sealed unsafe class ReadBuffer(ReadArena arena) : IDisposable
{
    internal const int Slack = 64;

    private NativeBlock? block;

    internal byte* Pointer { get; private set; }

    /// <summary>Bytes there is room for, the slack aside.</summary>
    internal long Capacity { get; private set; }

    /// <summary>Makes room for <paramref name="bytes"/> in all, keeping the first <paramref name="keep"/>. Returns the (new) start.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* Ensure(long bytes, long keep = 0)
    {
        if (bytes > Capacity || block is null) Grow(bytes, keep);
        return Pointer;
    }

    internal ReadOnlySpan<byte> Span(long bytes) => Span(Pointer, bytes);

    /// <summary>A column's values in a batch are one span.</summary>
    internal static ReadOnlySpan<byte> Span(byte* start, long bytes) =>
        bytes <= int.MaxValue ? new(start, (int)bytes) : throw new EngineException(ErrorKind.Unsupported, "values next to each other take more than 2 GiB");

    public void Dispose()
    {
        if (block is null) return;
        arena.Return(block);
        block = null;
        Pointer = null;
        Capacity = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(long bytes, long keep)
    {
        var larger = arena.Rent(Math.Max(bytes + Slack, block is null ? 0 : Capacity * 2));
        if (block is not null)
        {
            Buffer.MemoryCopy(Pointer, larger.Pointer, larger.Capacity, keep);
            arena.Return(block);
        }
        block = larger;
        Pointer = larger.Pointer;
        Capacity = larger.Capacity - Slack;
    }
}
