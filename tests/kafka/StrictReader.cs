using System.Diagnostics;
using K2I.Base;

namespace K2I.Kafka.Tests;

/// <summary>A reader of topics without gaps that knows which record must come next of each partition, and fails at any other.</summary>
public sealed class StrictReader : IRecordHandler, IConsumerListener, IDisposable
{
    private readonly Dictionary<TopicPartition, long> next = [];

    public StrictReader(
        string brokers, string group, GroupProtocol protocol, IReadOnlyList<KeyValuePair<string, string>> properties, string topic)
    {
        var client = new ClientOptions { Brokers = brokers, Properties = properties };
        var options = new ConsumerOptions { Client = client, Group = group, Topics = [topic], Protocol = protocol };
        Consumer = new(options, this, NullLog.Instance);
    }

    public KafkaConsumer Consumer { get; }

    public HashSet<TopicPartition> Assigned { get; } = [];

    /// <summary>Where partitions were said to end since they were started.</summary>
    public Dictionary<TopicPartition, long> Ends { get; } = [];

    public List<KafkaProblem> Problems { get; } = [];

    public long Records { get; private set; }

    /// <summary>Called after each record.</summary>
    public Action<TopicPartition, long> Each { get; set; } = (_, _) => { };

    /// <summary>Called when partitions are assigned.</summary>
    public Action<TopicPartition[]> Given { get; set; } = _ => { };

    /// <summary>Called when partitions go, while they can still be asked for their place.</summary>
    public Action<TopicPartition> Leaves { get; set; } = _ => { };

    public static TopicPartitionOffset At(string topic, int partition, long offset) => new(topic, partition, new(offset));

    public bool Runs(TopicPartition partition) => next.ContainsKey(partition);

    /// <summary>What must come next of a running partition.</summary>
    public long Next(TopicPartition partition) => next[partition];

    public void Start(params IReadOnlyList<TopicPartitionOffset> starts)
    {
        Consumer.Start([.. starts]);
        foreach (var (topic, partition, offset) in starts)
        {
            next[new(topic, partition)] = offset.IsNumber ? offset.Value : 0;
            Ends.Remove(new(topic, partition));
        }
    }

    /// <summary>Stops partitions; where each would have gone on.</summary>
    public TopicPartitionOffset[] Stop(params IReadOnlyList<TopicPartition> partitions)
    {
        Consumer.Stop([.. partitions]);
        TopicPartitionOffset[] stopped = [.. partitions.Where(Runs).Select(p => At(p.Topic, p.Partition, next[p]))];
        foreach (var partition in partitions)
        {
            next.Remove(partition);
            Ends.Remove(partition);
        }
        return stopped;
    }

    public void OnRecord(in KafkaRecord record)
    {
        var partition = new TopicPartition(Consumer.TopicName(record.TopicId), record.Partition);
        Assert.True(next.TryGetValue(partition, out var expected), $"{partition}@{record.Offset} came while it was stopped");
        Assert.Equal((partition, expected), (partition, record.Offset.Value));
        next[partition] = expected + 1;
        Records++;
        Each(partition, record.Offset.Value);
    }

    public void OnPartitionEnd(int topicId, int partition, Offset nextOffset)
    {
        var key = new TopicPartition(Consumer.TopicName(topicId), partition);
        Assert.True(Runs(key), $"the end of {key} came while it was stopped");
        Ends[key] = nextOffset.Value;
    }

    public void OnAssigned(ReadOnlySpan<TopicPartition> partitions)
    {
        foreach (var partition in partitions) Assert.True(Assigned.Add(partition), $"{partition} assigned twice");
        Given(partitions.ToArray());
    }

    public void OnRevoked(ReadOnlySpan<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            Leaves(partition);
            Assert.True(Assigned.Remove(partition), $"{partition} revoked but not assigned");
            next.Remove(partition);
        }
    }

    public void OnLost(ReadOnlySpan<TopicPartition> partitions) => OnRevoked(partitions);

    public void OnProblem(in KafkaProblem problem) => Problems.Add(problem);

    /// <summary>Polls until the condition holds; fails the test if it does not.</summary>
    public void Until(Func<bool> condition, int maxRecords = 10_000)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            var problems = string.Join("; ", Problems);
            var seen = $"{Records} records, {Assigned.Count} assigned, {next.Count} running, {Consumer.Connection}, {problems}";
            Assert.True(clock.ElapsedMilliseconds < 60_000, seen);
            Consumer.Poll(50, maxRecords, this);
        }
    }

    /// <summary>Polls for a while, for what must not come.</summary>
    public void PollFor(int ms)
    {
        var clock = Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < ms) Consumer.Poll(20, 10_000, this);
    }

    public void Dispose() => Consumer.Dispose();
}
