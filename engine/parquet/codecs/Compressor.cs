using K2I.Base;

namespace K2I.Parquet;

/// <summary>One codec's reusable context. One thread at a time.</summary>
internal abstract unsafe class Compressor : IDisposable
{
    /// <summary>The codec's compressor, or null for <see cref="ParquetCodec.Uncompressed"/>.</summary>
    internal static Compressor? Create(ParquetCodec codec, int level) => codec switch
    {
        ParquetCodec.Uncompressed => null,
        ParquetCodec.Snappy => new SnappyCompressor(),
        ParquetCodec.Gzip => new GzipCompressor(level == 0 ? 6 : level),
        ParquetCodec.Zstd => new ZstdCompressor(level == 0 ? 1 : level),
        ParquetCodec.Lz4Raw => new Lz4Compressor(),
        _ => throw new EngineException(ErrorKind.Unsupported, $"codec {codec} cannot be written"),
    };

    /// <summary>Knows more than one <see cref="MatchSearch"/>.</summary>
    internal virtual bool HasSearches => false;

    /// <summary>How repeated stretches are searched for from now on.</summary>
    internal virtual MatchSearch Search
    {
        set => Check.That(value == MatchSearch.Level);
    }

    /// <summary>The most that <paramref name="bytes"/> can become.</summary>
    internal abstract long Bound(int bytes);

    /// <summary>Compresses into room for <see cref="Bound"/> bytes. Returns the bytes written.</summary>
    internal abstract int Compress(byte* source, int bytes, byte* target, long capacity);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    protected abstract void Free();
}
