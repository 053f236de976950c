using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline.Tests;

/// <summary>A group member over <see cref="FakeTopics"/>: it is assigned what a test says, in its next poll. One thread.</summary>
internal sealed class FakeConsumer(FakeTopics topics, ConsumerOptions options, IConsumerListener listener) : IConsumer
{
    private readonly Queue<Action<IConsumerListener>> events = new();
    private readonly SortedDictionary<(string Topic, int Partition), long> positions = [];
    private readonly List<string> names = [];
    private bool hasPollEnded;

    /// <summary>Offsets that were acked, in their order.</summary>
    internal List<TopicPartitionOffset> Acked { get; } = [];

    /// <summary>Every start, in their order.</summary>
    internal List<TopicPartitionOffset> Starts { get; } = [];

    internal ConsumerOptions Options => options;

    public KafkaConnection Connection { get; } = new(KafkaConnectionState.Up, 0, null);

    internal bool IsStarted(string topic, int partition) => positions.ContainsKey((topic, partition));

    /// <summary>Happens in the next poll.</summary>
    internal void Tell(Action<IConsumerListener> what) => events.Enqueue(what);

    public string TopicName(int topicId) => names[topicId];

    public int Poll(int timeoutMs, int maxRecords, IRecordHandler handler)
    {
        hasPollEnded = false;
        PollEvents(0);
        var delivered = 0;
        foreach (var (key, from) in positions.ToArray())
        {
            if (!names.Contains(key.Topic)) names.Add(key.Topic);
            var all = topics.Of(new(key.Topic, key.Partition));
            for (var at = from; at < all.Count && delivered < maxRecords && !hasPollEnded && positions.ContainsKey(key); delivered++)
            {
                positions[key] = at + 1;
                var value = all[(int)at];
                var record = new KafkaRecord(
                    names.IndexOf(key.Topic), key.Partition, new(at++), 1_700_000_000_000, TimestampType.Create, "key"u8, true, value,
                        value is null);
                handler.OnRecord(in record);
            }
        }
        return delivered;
    }

    public void EndPoll() => hasPollEnded = true;

    public void PollEvents(int timeoutMs)
    {
        while (events.TryDequeue(out var told)) told(listener);
    }

    public void Subscribe(IReadOnlyList<string> topics) => options = options with { Topics = topics };

    public void Start(ReadOnlySpan<TopicPartitionOffset> starts)
    {
        foreach (var start in starts)
        {
            Starts.Add(start);
            var all = topics.Of(new(start.Topic, start.Partition));
            positions[(start.Topic, start.Partition)] = start.Offset == Offset.End ? all.Count : Math.Max(0, start.Offset.Value);
        }
    }

    public void Stop(ReadOnlySpan<TopicPartition> partitions)
    {
        foreach (var partition in partitions) positions.Remove((partition.Topic, partition.Partition));
    }

    public void Ack(ReadOnlySpan<TopicPartitionOffset> nextOffsets) => Acked.AddRange(nextOffsets);

    public bool TryAck(ReadOnlySpan<TopicPartitionOffset> nextOffsets, int timeoutMs)
    {
        Acked.AddRange(nextOffsets);
        return true;
    }

    public bool TryGetWatermarks(TopicPartition partition, out Watermarks watermarks)
    {
        watermarks = topics.QueryWatermarks(partition, 0);
        return true;
    }

    public void Dispose() => events.Clear();
}
