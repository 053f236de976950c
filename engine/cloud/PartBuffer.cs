using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using K2I.Memory;

namespace K2I.Cloud;

/// <summary>Native memory of one part, as what a request takes its body from. Owner; freed once no request reads it any more.</summary>
internal sealed class PartBuffer(int bytes) : MemoryManager<byte>
{
    private readonly NativeBuffer buffer = NativeBuffer.Reserve(MemoryTag.Upload, bytes);

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
