using System.Buffers;
using BenchmarkDotNet.Attributes;
using CommunityToolkit.HighPerformance.Buffers;

namespace K2I.Bench;

/// <summary>
/// What documents of common sizes cost to collect, 100 bytes at a time: answers over HTTP, dead letters, metadata. In a buffer that is left
/// to the garbage collector, and in CommunityToolkit.HighPerformance's, which is pooled. README.md has the figures.
/// </summary>
public class BufferWriterBenchmark
{
    private readonly byte[] piece = new byte[100];

    [Params(1000, 20_000, 500_000)]
    public int Bytes { get; set; }

    [Benchmark(Baseline = true)]
    public int ArrayBuffer()
    {
        var writer = new ArrayBufferWriter<byte>(512);
        while (writer.WrittenCount < Bytes) writer.Write(piece);
        return writer.WrittenSpan[^1] + writer.WrittenCount;
    }

    [Benchmark]
    public int ArrayPoolBuffer()
    {
        using var writer = new ArrayPoolBufferWriter<byte>(512);
        while (writer.WrittenCount < Bytes) writer.Write(piece);
        return writer.WrittenSpan[^1] + writer.WrittenCount;
    }
}
