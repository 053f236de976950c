using K2I.Base;
using K2I.Kafka;

namespace K2I.Cli.Bench;

/// <summary>Reads a topic from its start and looks at nothing but sizes: what fetching alone costs, the floor that the engine is compared with.</summary>
internal sealed class BareConsumer : IRecordHandler, IConsumerListener
{
    private KafkaConsumer? consumer;
    private long records;
    private long bytes;

    internal long Records => Volatile.Read(ref records);

    internal long Bytes => bytes;

    /// <summary>Reads until <paramref name="count"/> records were seen. Throws when none come for half a minute.</summary>
    internal void Read(ClientOptions client, IReadOnlyList<string> topics, long count, long fetchBufferBytes)
    {
        using var opened = new KafkaConsumer(new() { Client = client, Group = $"k2i-bench-{Guid.NewGuid():N}", Topics = [.. topics], FetchBufferBytes = fetchBufferBytes }, this, NullLog.Instance);
        consumer = opened;
        var quietSince = Environment.TickCount64;
        while (records < count)
        {
            if (opened.Poll(100, 100_000, this) > 0) quietSince = Environment.TickCount64;
            else if (Environment.TickCount64 - quietSince > 30_000) throw new EngineException(ErrorKind.Unavailable, $"topic {topics[0]}: {records} records and then none for 30 s");
        }
    }

    public void OnRecord(in KafkaRecord record)
    {
        records++;
        bytes += record.Key.Length + record.Value.Length;
    }

    public void OnPartitionEnd(int topicId, int partition, Offset nextOffset)
    {
    }

    public void OnAssigned(ReadOnlySpan<TopicPartition> partitions)
    {
        foreach (var (topic, partition) in partitions) consumer!.Start([new(topic, partition, Offset.Beginning)]);
    }

    public void OnRevoked(ReadOnlySpan<TopicPartition> partitions)
    {
    }

    public void OnLost(ReadOnlySpan<TopicPartition> partitions)
    {
    }

    public void OnProblem(in KafkaProblem problem)
    {
    }
}
