using System.Diagnostics;
using System.Text;
using K2I.Base;

namespace K2I.Kafka.Tests;

public sealed record Kept(
    string Topic, int Partition, long Offset, long TimestampMs, TimestampType TimestampType, byte[]? Key, byte[]? Value, (string Name, byte[]? Value)[] Headers)
{
    public string? Text => Value is null ? null : Encoding.UTF8.GetString(Value);
}

/// <summary>A consumer that keeps copies of what it is told, and polls until a test has seen what it waits for.</summary>
public sealed class Collector : IRecordHandler, IConsumerListener, IDisposable
{
    public List<Kept> Records { get; } = [];

    public List<string> Groups { get; } = [];

    public List<KafkaProblem> Problems { get; } = [];

    public HashSet<TopicPartition> Assigned { get; } = [];

    /// <summary>Where each partition was said to end, last.</summary>
    public Dictionary<TopicPartition, Offset> Ends { get; } = [];

    /// <summary>
    /// Where partitions start when they are assigned; by default behind what this collector has read of them, else at the beginning. Null:
    /// not yet.
    /// </summary>
    public Func<TopicPartition, Offset?> Start { get; set; }

    /// <summary>Called at revoke, before the partitions go.</summary>
    public Action<TopicPartition[]> Revoked { get; set; } = _ => { };

    public Action<Kept> Each { get; set; } = _ => { };

    public KafkaConsumer Consumer { get; }

    /// <summary>For questions to the same cluster.</summary>
    public KafkaAdmin Admin => admin ??= new(Consumer.Options.Client, NullLog.Instance);

    private KafkaAdmin? admin;

    public Collector(string brokers, string group, params string[] topics)
        : this(new ConsumerOptions { Client = new() { Brokers = brokers, Properties = EmbeddedBroker.ConsumerProperties }, Group = group, Topics = topics })
    {
    }

    public Collector(ConsumerOptions options, ILog? log = null, IClock? clock = null)
    {
        Start = partition => Next(partition);
        Consumer = new(options, this, log ?? NullLog.Instance, clock);
    }

    public void OnRecord(in KafkaRecord record)
    {
        var headers = new List<(string, byte[]?)>();
        foreach (var header in record.Headers)
            headers.Add((Encoding.UTF8.GetString(header.Name), header.IsNull ? null : header.Value.ToArray()));
        var kept = new Kept(
            Consumer.TopicName(record.TopicId), record.Partition, record.Offset.Value, record.TimestampMs, record.TimestampType,
            record.HasKey ? record.Key.ToArray() : null, record.IsTombstone ? null : record.Value.ToArray(), [.. headers]);
        Records.Add(kept);
        Each(kept);
    }

    public void OnPartitionEnd(int topicId, int partition, Offset nextOffset) => Ends[new(Consumer.TopicName(topicId), partition)] = nextOffset;

    public void OnAssigned(ReadOnlySpan<TopicPartition> partitions)
    {
        var starts = new List<TopicPartitionOffset>();
        foreach (var partition in partitions)
        {
            Assert.True(Assigned.Add(partition), $"{partition} assigned twice");
            if (Start(partition) is { } start) starts.Add(new(partition.Topic, partition.Partition, start));
        }
        Consumer.Start([.. starts]);
        Groups.Add($"assigned {partitions.Length}");
    }

    /// <summary>Behind what was read of a partition.</summary>
    public Offset Next(TopicPartition partition) => Records.Where(r => r.Topic == partition.Topic && r.Partition == partition.Partition)
        .Select(r => new Offset(r.Offset + 1)).DefaultIfEmpty(Offset.Beginning).Max();

    /// <summary>Starts partitions behind what was read of them.</summary>
    public void GoOn(params TopicPartition[] partitions) =>
        Consumer.Start([.. partitions.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, Next(p)))]);

    public void OnRevoked(ReadOnlySpan<TopicPartition> partitions)
    {
        Revoked(partitions.ToArray());
        foreach (var partition in partitions) Assert.True(Assigned.Remove(partition), $"{partition} revoked but not assigned");
        Groups.Add($"revoked {partitions.Length}");
    }

    public void OnLost(ReadOnlySpan<TopicPartition> partitions)
    {
        foreach (var partition in partitions) Assigned.Remove(partition);
        Groups.Add($"lost {partitions.Length}");
    }

    public void OnProblem(in KafkaProblem problem) => Problems.Add(problem);

    /// <summary>Polls until the condition holds; fails the test with what was seen if it does not.</summary>
    public Collector Until(Func<bool> condition, int timeoutMs = 30_000, int maxRecords = 10_000)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.ElapsedMilliseconds > timeoutMs)
            {
                var seen = $"{Records.Count} records, {string.Join(", ", Groups)}, {Consumer.Connection}, {string.Join("; ", Problems.Distinct())}";
                Assert.Fail($"waited {timeoutMs} ms: {seen}");
            }
            Consumer.Poll(100, maxRecords, this);
        }
        return this;
    }

    public Collector UntilRecords(int count) => Until(() => Records.Count >= count);

    /// <summary>Polls for a while, for what must not come.</summary>
    public void PollFor(int ms)
    {
        var clock = Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < ms) Consumer.Poll(50, 10_000, this);
    }

    public void Dispose()
    {
        Consumer.Dispose();
        admin?.Dispose();
    }
}
