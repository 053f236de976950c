using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Parquet;

internal sealed unsafe class Lz4Compressor : Compressor
{
    private readonly void* state = NativeMemory.AlignedAlloc((nuint)NativeCodecs.Lz4StateBytes(), 64);

    internal override long Bound(int bytes) => NativeCodecs.Lz4Bound(bytes);

    internal override int Compress(byte* source, int bytes, byte* target, long capacity)
    {
        var written = NativeCodecs.Lz4Compress(state, source, target, bytes, (int)Math.Min(capacity, int.MaxValue), 1);
        Check.That(written > 0);
        return written;
    }

    protected override void Free() => NativeMemory.AlignedFree(state);
}
