using Microsoft.Extensions.ObjectPool;

namespace K2I.Parquet;

/// <summary>How compressors of one codec and level are kept for the next writer: as they come back.</summary>
internal sealed class CompressorPolicy(ParquetCodec codec, int level) : PooledObjectPolicy<Compressor>
{
    public override Compressor Create() => Compressor.Create(codec, level)!;

    public override bool Return(Compressor obj) => true;
}
