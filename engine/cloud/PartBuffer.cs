using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using K2I.Memory;

namespace K2I.Cloud;

/// <summary>
/// Native memory that a request takes its body from, or its answer's bytes are put into. Owner; freed once no request has it any more.
/// </summary>
/// <remarks>It is filled front to back, of huge pages where there are some: to be given a page costs more than to send its bytes.</remarks>
internal sealed class PartBuffer : MemoryManager<byte>
{
    private readonly NativeBuffer buffer;
    private readonly long start;
    private readonly int bytes;

    public PartBuffer(int bytes, MemoryTag tag = MemoryTag.Upload)
    {
        this.bytes = bytes;
        if (bytes < NativeBuffer.HugePageBytes)
        {
            buffer = NativeBuffer.Reserve(tag, bytes);
            return;
        }
        buffer = NativeBuffer.Reserve(tag, bytes + NativeBuffer.HugePageBytes);
        start = buffer.ToHugePage(0);
        buffer.PreferHuge(start, bytes);
    }

    public override Span<byte> GetSpan() => buffer.Slice(start, bytes);

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
