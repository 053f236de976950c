using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Parquet;

/// <summary>zlib's deflate with a gzip header (RFC 1952), one member a page.</summary>
internal sealed unsafe class GzipCompressor : Compressor
{
    private const int Deflated = 8, GzipWindow = 15 + 16, DefaultMemory = 8;

    private readonly NativeCodecs.ZlibStream* stream = (NativeCodecs.ZlibStream*)NativeMemory.AllocZeroed((nuint)sizeof(NativeCodecs.ZlibStream));

    internal GzipCompressor(int level)
    {
        fixed (byte* version = "1\0"u8)
            Check.That(NativeCodecs.DeflateInit(stream, level, Deflated, GzipWindow, DefaultMemory, 0, version, sizeof(NativeCodecs.ZlibStream)) == 0);
    }

    internal override long Bound(int bytes) => (long)NativeCodecs.DeflateBound(stream, (nuint)bytes);

    internal override int Compress(byte* source, int bytes, byte* target, long capacity)
    {
        stream->NextIn = source;
        stream->AvailableIn = (uint)bytes;
        stream->NextOut = target;
        stream->AvailableOut = (uint)Math.Min(capacity, int.MaxValue);
        var code = NativeCodecs.Deflate(stream, NativeCodecs.ZlibFinish);
        if (code != NativeCodecs.ZlibStreamEnd) throw new EngineException(ErrorKind.Fatal, $"zlib could not compress a page of {bytes} bytes (code {code})");
        var written = (int)stream->TotalOut;
        // Now rather than before the next page: deflateBound forgets the gzip header on a stream that has ended.
        Check.That(NativeCodecs.DeflateReset(stream) == 0);
        return written;
    }

    protected override void Free()
    {
        _ = NativeCodecs.DeflateEnd(stream);
        NativeMemory.Free(stream);
    }
}
