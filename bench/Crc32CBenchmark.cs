using BenchmarkDotNet.Attributes;
using K2I.Base;

namespace K2I.Bench;

/// <summary>The checksum of a record of common sizes.</summary>
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
    }

    [Benchmark]
    public uint Checksum() => Crc32C.Compute(record);
}
