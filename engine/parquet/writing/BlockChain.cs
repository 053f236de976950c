namespace K2I.Parquet;

/// <summary>Bytes that wait to be written to the sink, in blocks that double from 16 KiB to 1 MiB: appended once, read once, never moved.</summary>
internal sealed unsafe class BlockChain(BufferArena arena) : IDisposable
{
    private const int FirstBytes = 16 << 10, LargestBytes = 1 << 20;

    private NativeBlock? first, last;

    internal long Length { get; private set; }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* source = bytes) Append(source, bytes.Length);
    }

    internal void Append(byte* source, int count)
    {
        Length += count;
        while (count > 0)
        {
            if (last is null || last.Used == last.Capacity) Extend();
            var take = (int)Math.Min(count, last!.Capacity - last.Used);
            Buffer.MemoryCopy(source, last.Pointer + last.Used, take, take);
            last.Used += take;
            source += take;
            count -= take;
        }
    }

    internal void WriteTo(IByteSink sink)
    {
        for (var block = first; block is not null; block = block.Next) sink.Write(new(block.Pointer, block.Used));
    }

    internal void Clear()
    {
        for (var block = first; block is not null;)
        {
            var next = block.Next;
            arena.Return(block);
            block = next;
        }
        first = last = null;
        Length = 0;
    }

    public void Dispose() => Clear();

    private void Extend()
    {
        var block = arena.Rent(last is null ? FirstBytes : Math.Min(last.Capacity * 2, LargestBytes));
        block.Used = 0;
        if (last is null) first = block;
        else last.Next = block;
        last = block;
    }
}
