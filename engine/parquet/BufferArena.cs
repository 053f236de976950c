namespace K2I.Parquet;

/// <summary>One writer's account with <see cref="ParquetBuffers"/>: counts what it holds.</summary>
internal sealed class BufferArena(ParquetBuffers buffers)
{
    internal long Bytes { get; private set; }

    internal NativeBlock Rent(long bytes)
    {
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
