using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace K2I.EndToEnd.Tests;

/// <summary>Topics and records, by a client that is not the engine's.</summary>
internal sealed class Source : IDisposable
{
    /// <summary>The time of event 0; the others follow by milliseconds. Recent, as Kafka deletes records that are older than its retention.</summary>
    public static readonly DateTimeOffset Epoch = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()).AddHours(-1);
    private readonly IProducer<byte[], byte[]> producer;

    public Source(string brokers, Action<ProducerConfig>? configure = null)
    {
        var config = new ProducerConfig { BootstrapServers = brokers, Acks = Acks.All, EnableIdempotence = true, LingerMs = 5, MessageTimeoutMs = 60_000, AllowAutoCreateTopics = false };
        configure?.Invoke(config);
        producer = new ProducerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>A new topic with a name that no other test has.</summary>
    public string NewTopic(string name, int partitions)
    {
        var topic = $"{name}-{Guid.NewGuid():n}"[..(name.Length + 9)];
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }]).Wait();
        return topic;
    }

    /// <summary>A new topic of this name.</summary>
    public void CreateTopic(string topic, int partitions)
    {
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }]).Wait();
    }

    /// <summary>Deletes a topic and creates one of the same name.</summary>
    public void Recreate(string topic, int partitions)
    {
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        admin.DeleteTopicsAsync([topic]).Wait();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }]).Wait();
                return;
            }
            catch (AggregateException) when (attempt < 50)
            {
                // It is still being deleted.
                Thread.Sleep(200);
            }
        }
    }

    public void DeleteRecords(string topic, int partition, long before)
    {
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        admin.DeleteRecordsAsync([new TopicPartitionOffset(topic, partition, before)]).Wait();
    }

    /// <summary>Produces events, spread over the partitions, every third with headers, every fifth without a key; waits until Kafka has them all.</summary>
    public List<Produced> Send(string topic, int partitions, IEnumerable<SampleEvent> events)
    {
        var sent = new List<(SampleEvent Event, Message<byte[], byte[]> Message, Task<DeliveryResult<byte[], byte[]>> Delivery)>();
        foreach (var one in events)
        {
            var message = new Message<byte[], byte[]>
            {
                Key = one.Id % 5 == 0 ? null! : Encoding.UTF8.GetBytes($"key-{one.Id}"),
                Value = Encoding.UTF8.GetBytes(one.Json),
                Timestamp = new Timestamp(Epoch.AddMilliseconds(one.Id)),
            };
            if (one.Id % 3 == 0) message.Headers = new Headers { { "trace", [1, 2, (byte)one.Id] }, { "empty", [] }, { "trace", Encoding.UTF8.GetBytes("again") } };
            sent.Add((one, message, producer.ProduceAsync(new TopicPartition(topic, (int)(one.Id % partitions)), message)));
        }

        producer.Flush(TimeSpan.FromSeconds(60));
        var offsets = Offsets([.. sent.Select(s => s.Delivery.Result)]);
        return [.. sent.Select((s, at) => Expected(s.Event, s.Message, s.Delivery.Result, offsets[at]))];
    }

    /// <summary>Produces a value that must not become a row.</summary>
    public Produced SendBad(string topic, int partition, byte[]? value)
    {
        var result = producer.ProduceAsync(new TopicPartition(topic, partition), new Message<byte[], byte[]> { Key = "bad"u8.ToArray(), Value = value! }).Result;
        return new Produced(topic, partition, Offsets([result])[0], value is null ? "" : Encoding.Latin1.GetString(value), null);
    }

    /// <summary>Every record of a topic with one partition, from its beginning to its end.</summary>
    public List<Message<byte[], byte[]>> ReadAll(string topic, string brokers)
    {
        List<Message<byte[], byte[]>> found = [];
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = brokers, GroupId = "reader", EnablePartitionEof = true, EnableAutoCommit = false })
            .SetLogHandler((_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        while (consumer.Consume(TimeSpan.FromSeconds(30)) is { IsPartitionEOF: false } record) found.Add(record.Message);
        return found;
    }

    public void Dispose() => producer.Dispose();

    /// <summary>
    /// Where records sent in order are. A producer that has lost an acknowledgement sends again, and is told that the broker has them, not
    /// where: they are then the last ones of their partition, to which nobody else produces at that moment.
    /// </summary>
    private long[] Offsets(DeliveryResult<byte[], byte[]>[] sent)
    {
        var offsets = sent.Select(d => d.Offset.Value).ToArray();
        foreach (var group in sent.Index().GroupBy(d => d.Item.TopicPartition).Where(g => g.Any(d => d.Item.Offset == Offset.Unset)))
        {
            using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
            var asked = new TopicPartitionOffsetSpec { TopicPartition = group.Key, OffsetSpec = OffsetSpec.Latest() };
            var next = admin.ListOffsetsAsync([asked]).Result.ResultInfos.Single().TopicPartitionOffsetError.Offset.Value;
            foreach (var (at, delivery) in group.Reverse())
            {
                offsets[at] = --next;
                if (delivery.Offset != Offset.Unset) Assert.Equal(delivery.Offset.Value, next);
            }
        }
        return offsets;
    }

    private static Produced Expected(
        SampleEvent one, Message<byte[], byte[]> message, DeliveryResult<byte[], byte[]> delivery, long offset)
    {
        var row = JsonNode.Parse(one.Row.GetRawText())!.AsObject();
        row["_kafka"] = new JsonObject
        {
            ["topic"] = delivery.Topic,
            ["partition"] = delivery.Partition.Value,
            ["offset"] = offset,
            ["timestamp"] = message.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "+00:00",
            ["timestamp_type"] = "CreateTime",
            ["key"] = message.Key is null ? null : Convert.ToHexStringLower(message.Key),
            ["headers"] = message.Headers is null ? null : new JsonArray([.. message.Headers.Select(Header)]),
        };
        return new Produced(delivery.Topic, delivery.Partition.Value, offset, one.Json, JsonSerializer.SerializeToElement(row));
    }

    private static JsonNode Header(IHeader header) => new JsonObject { ["key"] = header.Key, ["value"] = Convert.ToHexStringLower(header.GetValueBytes()) };
}
