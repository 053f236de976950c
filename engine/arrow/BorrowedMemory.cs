using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace K2I.Arrow;

/// <summary>Native memory as Apache Arrow asks for it. A borrow: whoever made the span owns the bytes, which do not move.</summary>
internal sealed unsafe class BorrowedMemory : MemoryManager<byte>
{
    private readonly byte* start;
    private readonly int length;

    public BorrowedMemory(ReadOnlySpan<byte> bytes)
    {
        start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        length = bytes.Length;
    }

    public override Span<byte> GetSpan() => new(start, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex, pinnable: this);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
