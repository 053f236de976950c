using System.Text;
using BenchmarkDotNet.Attributes;
using CommunityToolkit.HighPerformance.Buffers;

namespace K2I.Bench;

/// <summary>
/// What it costs to have the names of topics as text where bytes come in, eight topics by turns: a new string each, a dictionary of one's
/// own, and CommunityToolkit.HighPerformance's StringPool. README.md has the figures.
/// </summary>
public class TopicNameBenchmark
{
    private readonly byte[][] names = [.. Enumerable.Range(0, 8).Select(i => Encoding.UTF8.GetBytes($"orders.eu-west.{i}"))];
    private readonly StringPool pool = new();
    private readonly Dictionary<nint, int> handles = Enumerable.Range(0, 8).ToDictionary(i => (nint)(0x7f00_0000 + i * 4096), i => i);
    private int at;

    [Benchmark(Baseline = true)]
    public int NewString() => Encoding.UTF8.GetString(names[at++ & 7]).Length;

    [Benchmark]
    public int StringPoolName() => pool.GetOrAdd(names[at++ & 7], Encoding.UTF8).Length;

    /// <summary>As the consumer tells topics apart, once for each record: by librdkafka's handle.</summary>
    [Benchmark]
    public int Handle() => handles[0x7f00_0000 + (at++ & 7) * 4096];
}
