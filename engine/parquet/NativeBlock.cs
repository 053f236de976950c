using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using K2I.Memory;

namespace K2I.Parquet;

/// <summary>A power of two of native bytes from <see cref="ParquetBuffers"/>. Whoever rented it owns it until it is returned.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private readonly NativeBuffer buffer;

    internal NativeBlock(int shift)
    {
        Shift = shift;
        buffer = NativeBuffer.Reserve(MemoryTag.Parquet, 1L << shift);
        Pointer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer.Slice(0, 1)));
    }

    internal int Shift { get; }

    internal long Capacity => 1L << Shift;

    internal byte* Pointer { get; }

    /// <summary>Bytes filled, where the block is part of a <see cref="BlockChain"/>.</summary>
    internal int Used { get; set; }

    /// <summary>The next block of the chain or free list this one is in.</summary>
    internal NativeBlock? Next { get; set; }

    public void Dispose() => buffer.Dispose();
}
