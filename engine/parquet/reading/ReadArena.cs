using K2I.Base;

namespace K2I.Parquet;

/// <summary>One reader's account with <see cref="ParquetBuffers"/>, with a limit: what a file claims must not take the process down.</summary>
internal sealed class ReadArena(ParquetBuffers buffers, long limitBytes)
{
    internal long Bytes { get; private set; }

    internal NativeBlock Rent(long bytes)
    {
        if (bytes > limitBytes - Bytes) throw new EngineException(ErrorKind.Full, $"reading needs more than the {Units.FormatBytes(limitBytes)} of memory it may have");
        var block = buffers.Rent(bytes);
        Bytes += block.Capacity;
        return block;
    }

    internal void Return(NativeBlock block)
    {
        Bytes -= block.Capacity;
        buffers.Return(block);
    }
}
