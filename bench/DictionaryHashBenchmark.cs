using System.IO.Hashing;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using K2I.Parquet;

namespace K2I.Bench;

/// <summary>
/// Why column dictionaries hash with their own functions: values of common sizes, against System.IO.Hashing's XXH3 with a secret seed.
/// README.md has the figures.
/// </summary>
public unsafe class DictionaryHashBenchmark
{
    private const int Values = 1024, ShortBytes = 16;
    private const long Seed = 0x5DEECE66D;

    private byte[] values = [];

    /// <summary>8: numbers; 16: short strings, which lie in a register; then what is read from memory.</summary>
    [Params(8, 16, 36, 200)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        values = new byte[Values * Bytes + ShortBytes];
        new Random(1).NextBytes(values);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Values)]
    public ulong Engine()
    {
        var all = 0ul;
        fixed (byte* start = values)
        {
            for (var i = 0; i < Values; i++)
            {
                var value = start + i * Bytes;
                all += Bytes switch
                {
                    sizeof(ulong) => DictionaryHash.OfBits(*(ulong*)value),
                    ShortBytes => DictionaryHash.OfShort(Vector128.Load(value), Bytes),
                    _ => DictionaryHash.OfLong(value, Bytes),
                };
            }
        }
        return all;
    }

    [Benchmark(OperationsPerInvoke = Values)]
    public ulong Xxh3()
    {
        var all = 0ul;
        fixed (byte* start = values)
        {
            for (var i = 0; i < Values; i++) all += XxHash3.HashToUInt64(new(start + i * Bytes, Bytes), Seed);
        }
        return all;
    }
}
