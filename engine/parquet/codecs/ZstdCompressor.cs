using K2I.Base;

namespace K2I.Parquet;

internal sealed unsafe class ZstdCompressor : Compressor
{
    private const int Quickest = 1, Always = 1;

    /// <summary>Places of 4 bytes, as powers of two; least bytes of a match; bytes passed over at each step.</summary>
    private const int WideHashLog = 14, NearHashLog = 12, MinMatch = 7, Stride = 2;

    private readonly nint context;
    private readonly int level;
    private MatchSearch search;

    internal ZstdCompressor(int level)
    {
        this.level = level;
        context = NativeCodecs.ZstdCreateCompressor();
        if (context == 0) throw new EngineException(ErrorKind.Full, "no memory for a zstd context");
        Set(NativeCodecs.ZstdCompressionLevel, level);
        // A stride would otherwise switch off the coding of what did not match.
        if (HasSearches) Set(NativeCodecs.ZstdLiteralCompression, Always);
    }

    internal override bool HasSearches => level == Quickest;

    internal override MatchSearch Search
    {
        set
        {
            if (value == search) return;
            search = value;
            Set(NativeCodecs.ZstdHashLog, value switch { MatchSearch.Level => 0, MatchSearch.Wide => WideHashLog, _ => NearHashLog });
            Set(NativeCodecs.ZstdMinMatch, value == MatchSearch.Level ? 0 : MinMatch);
            Set(NativeCodecs.ZstdTargetLength, value == MatchSearch.Strided ? Stride : 0);
        }
    }

    internal override long Bound(int bytes) => (long)NativeCodecs.ZstdBound((nuint)bytes);

    internal override int Compress(byte* source, int bytes, byte* target, long capacity)
    {
        var written = NativeCodecs.ZstdCompress(context, target, (nuint)capacity, source, (nuint)bytes);
        if (NativeCodecs.ZstdIsError(written) != 0)
            throw new EngineException(ErrorKind.Full, $"zstd could not compress a page of {bytes} bytes (code {-(long)written})");
        return (int)written;
    }

    protected override void Free() => NativeCodecs.ZstdFreeCompressor(context);

    private void Set(int parameter, int value) => Check.That(NativeCodecs.ZstdIsError(NativeCodecs.ZstdSet(context, parameter, value)) == 0);
}
