using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using K2I.Memory;

namespace K2I.Cloud;

/// <summary>
/// Native memory that a request takes its body from, or its answer's bytes are put into. Owner; freed once no request has it any more.
/// </summary>
internal sealed class PartBuffer(int bytes, MemoryTag tag = MemoryTag.Upload) : MemoryManager<byte>
{
    private readonly NativeBuffer buffer = NativeBuffer.Reserve(tag, bytes);

    public override Span<byte> GetSpan() => buffer.Slice(0, bytes);

    // It does not move.
    public override unsafe MemoryHandle Pin(int elementIndex = 0) =>
        new(Unsafe.AsPointer(ref MemoryMarshal.GetReference(GetSpan()[elementIndex..])), default, this);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) buffer.Dispose();
    }
}
