using System.IO.Hashing;
using BenchmarkDotNet.Attributes;
using K2I.Base;

namespace K2I.Bench;

/// <summary>
/// Why CRC-32C is the engine's own: the log's checksum of records of common sizes, by the engine and by System.IO.Hashing. README.md has
/// the figures.
/// </summary>
public class Crc32CBenchmark
{
    private byte[] record = [];

    [Params(64, 256, 4096, 65536)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        record = new byte[Bytes];
        new Random(1).NextBytes(record);
        if (Library() != Engine()) throw new InvalidOperationException("the two do not agree");
    }

    [Benchmark(Baseline = true)]
    public uint Engine() => Crc32C.Compute(record);

    [Benchmark]
    public uint Library() => Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, record);
}
