using K2I.Base;

namespace K2I.Parquet;

internal sealed unsafe class ZstdCompressor : Compressor
{
    private readonly nint context;

    internal ZstdCompressor(int level)
    {
        context = NativeCodecs.ZstdCreate();
        if (context == 0) throw new EngineException(ErrorKind.Full, "no memory for a zstd context");
        Check.That(NativeCodecs.ZstdIsError(NativeCodecs.ZstdSet(context, NativeCodecs.ZstdCompressionLevel, level)) == 0);
    }

    internal override long Bound(int bytes) => (long)NativeCodecs.ZstdBound((nuint)bytes);

    internal override int Compress(byte* source, int bytes, byte* target, long capacity)
    {
        var written = NativeCodecs.ZstdCompress(context, target, (nuint)capacity, source, (nuint)bytes);
        if (NativeCodecs.ZstdIsError(written) != 0)
            throw new EngineException(ErrorKind.Full, $"zstd could not compress a page of {bytes} bytes (code {-(long)written})");
        return (int)written;
    }

    protected override void Free() => NativeCodecs.ZstdFree(context);
}
