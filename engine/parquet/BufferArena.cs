namespace K2I.Parquet;

/// <summary>One writer's account with <see cref="ParquetBuffers"/>: counts what it holds. Any thread.</summary>
internal sealed class BufferArena(ParquetBuffers buffers)
{
    private long bytes;

    internal long Bytes => Volatile.Read(ref bytes);

    internal NativeBlock Rent(long wanted)
    {
        var block = buffers.Rent(wanted);
        Interlocked.Add(ref bytes, block.Capacity);
        return block;
    }

    internal void Return(NativeBlock block)
    {
        Interlocked.Add(ref bytes, -block.Capacity);
        buffers.Return(block);
    }
}
