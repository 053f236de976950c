using System.IO.Hashing;
using BenchmarkDotNet.Attributes;
using K2I.Base;

namespace K2I.Bench;

/// <summary>
/// Why CRC-32C is the engine's own: the log's checksum of records of common sizes, by the engine and by System.IO.Hashing; whole, as a
/// frame is read, and in the three pieces that one is written from. README.md has the figures.
/// </summary>
public class Crc32CBenchmark
{
    private const int HeadBytes = 36, PaddingBytes = 4;

    private readonly Crc32 library = new(Crc32ParameterSet.Crc32C);
    private byte[] record = [];

    [Params(16, 64, 100, 256, 1024, 4096, 16384, 65536)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        record = new byte[HeadBytes + Bytes + PaddingBytes];
        new Random(1).NextBytes(record);
        if (Library() != Engine() || LibraryFrame() != EngineFrame()) throw new InvalidOperationException("the two do not agree");
    }

    [Benchmark(Baseline = true)]
    public uint Engine() => Crc32C.Compute(record.AsSpan(HeadBytes, Bytes));

    [Benchmark]
    public uint Library() => Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, record.AsSpan(HeadBytes, Bytes));

    [Benchmark]
    public uint EngineFrame()
    {
        var state = Crc32C.Append(0, record.AsSpan(0, HeadBytes));
        state = Crc32C.Append(state, record.AsSpan(HeadBytes, Bytes));
        return Crc32C.Append(state, record.AsSpan(HeadBytes + Bytes));
    }

    [Benchmark]
    public uint LibraryFrame()
    {
        library.Reset();
        library.Append(record.AsSpan(0, HeadBytes));
        library.Append(record.AsSpan(HeadBytes, Bytes));
        library.Append(record.AsSpan(HeadBytes + Bytes));
        return library.GetCurrentHashAsUInt32();
    }
}
