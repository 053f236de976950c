using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace K2I.Parquet;

/// <summary>The hashes of a chunk's values, kept until their number, and with it the size of the chunk's Bloom filter, is known.</summary>
internal sealed unsafe class BloomHashes(BufferArena arena, ParquetOptions options) : IDisposable
{
    private readonly GrowBuffer hashes = new(arena);

    internal long Count { get; private set; }

    internal void Add(byte* value, int length)
    {
        ((ulong*)hashes.Ensure((Count + 1) * sizeof(ulong), Count * sizeof(ulong)))[Count] = XxHash64.HashToUInt64(new(value, length));
        Count++;
    }

    /// <summary>Values of <paramref name="width"/> bytes one after another.</summary>
    internal void AddFixed(byte* values, int width, int count)
    {
        var target = (ulong*)hashes.Ensure((Count + count) * sizeof(ulong), Count * sizeof(ulong)) + Count;
        for (var i = 0; i < count; i++) target[i] = XxHash64.HashToUInt64(new(values + (long)i * width, width));
        Count += count;
    }

    /// <summary>Writes the filter with its header and forgets the hashes. Returns the bytes written.</summary>
    internal int WriteTo(CountingSink sink, ThriftWriter thrift)
    {
        var bytes = BloomFilter.BytesFor(Count, options.BloomFilterFalseChance, options.BloomFilterMaxBytes);
        var filter = new BloomFilter(new uint[bytes / sizeof(uint)]);
        var from = (ulong*)hashes.Pointer;
        for (long i = 0; i < Count; i++) filter.Add(from[i]);
        thrift.Reset();
        thrift.WriteI32(1, bytes);
        for (short id = 2; id <= 4; id++)
        {
            // Algorithm block, hash xxhash, compression none: each the first member of its union.
            thrift.BeginStruct(id);
            thrift.WriteEmptyStruct(1);
            thrift.EndStruct();
        }
        thrift.End();
        sink.Write(thrift.Written);
        sink.Write(MemoryMarshal.AsBytes(filter.Words.AsSpan()));
        Count = 0;
        return thrift.Length + bytes;
    }

    public void Dispose() => hashes.Dispose();
}
