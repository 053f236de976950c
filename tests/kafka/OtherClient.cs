using System.Text;
using Confluent.Kafka;

namespace K2I.Kafka.Tests;

/// <summary>
/// Both directions between the engine's client and Confluent.Kafka, which brings its own librdkafka: keys, values and headers that are
/// null, empty or any bytes, timestamps, offsets; compressed in every way.
/// </summary>
internal static class OtherClient
{
    private const int Records = 500;

    /// <summary>Recent: Kafka deletes what is older than its retention, at any moment.</summary>
    private static readonly long FirstMs = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds();

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What the other client produces, the engine's reads as it is.</summary>
    internal static void ProducesForUs(string brokers, string topic, string codec, Func<string, Collector> open)
    {
        var compression = Enum.Parse<CompressionType>(codec, ignoreCase: true);
        var config = new ProducerConfig { BootstrapServers = brokers, CompressionType = compression, LingerMs = 5 };
        using (var producer = new ProducerBuilder<byte[]?, byte[]?>(config).Build())
        {
            for (var i = 0; i < Records; i++)
            {
                var headers = new Headers();
                foreach (var (name, value) in HeadersOf(i)) headers.Add(name, value);
                var time = new Timestamp(FirstMs + i, Confluent.Kafka.TimestampType.CreateTime);
                var message = new Message<byte[]?, byte[]?> { Key = KeyOf(i), Value = ValueOf(i), Headers = headers, Timestamp = time };
                producer.Produce(new Confluent.Kafka.TopicPartition(topic, 0), message);
            }
            Assert.Equal(0, producer.Flush(Patience));
        }
        using var reader = open(topic).UntilRecords(Records);
        Assert.Equal(
            Enumerable.Range(0, Records).Select(Text),
            reader.Records.Select(r => Text(r.Offset, r.TimestampMs, r.Key, r.Value, r.Headers)));
    }

    /// <summary>What the engine's client produces, the other one reads as it is.</summary>
    internal static void ReadsOurs(string brokers, string topic, string codec)
    {
        using (var producer = Produce.Open(brokers, codec))
        {
            for (var i = 0; i < Records; i++)
            {
                byte[]? key = KeyOf(i), value = ValueOf(i);
                producer.Produce(new()
                {
                    Topic = topic,
                    Partition = 0,
                    HasKey = key is not null,
                    Key = key,
                    IsTombstone = value is null,
                    Value = value,
                    Headers = [.. HeadersOf(i).Select(h => new KafkaHeader(h.Name, h.Value is null ? (ReadOnlyMemory<byte>?)null : h.Value))],
                    TimestampMs = FirstMs + i,
                });
            }
            Assert.True(producer.Flush((int)Patience.TotalMilliseconds));
            Assert.Equal(0, producer.Failed);
        }
        var config = new ConsumerConfig { BootstrapServers = brokers, GroupId = "other", EnableAutoCommit = false };
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(config).Build();
        consumer.Assign(new Confluent.Kafka.TopicPartitionOffset(topic, 0, Offset.Beginning));
        var read = new List<string>();
        while (read.Count < Records)
        {
            var result = consumer.Consume(Patience);
            Assert.True(result is not null, $"only {read.Count} of {Records} records came");
            var message = result.Message;
            (string, byte[]?)[] headers = [.. message.Headers.Select(h => (h.Key, (byte[]?)h.GetValueBytes()))];
            read.Add(Text(result.Offset, message.Timestamp.UnixTimestampMs, message.Key, message.Value, headers));
        }
        Assert.Equal(Enumerable.Range(0, Records).Select(Text), read);
    }

    /// <summary>Joins a group, has partitions, and leaves; the id that it had.</summary>
    internal static string JoinsAndLeaves(string brokers, string topic)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = brokers,
            GroupId = "other",
            SessionTimeoutMs = 1_500,
            HeartbeatIntervalMs = 150,
        };
        using var member = new ConsumerBuilder<byte[]?, byte[]?>(config).Build();
        member.Subscribe(topic);
        while (member.Assignment.Count == 0) member.Consume(20);
        var id = member.MemberId;
        member.Close();
        return id;
    }

    private static byte[]? KeyOf(int i) => i % 5 == 0 ? null : i % 7 == 0 ? [] : Encoding.UTF8.GetBytes($"key {i}");

    private static byte[]? ValueOf(int i) =>
        i % 6 == 0 ? null : i % 11 == 0 ? [] : [.. Enumerable.Range(0, i).Select(b => (byte)(b * b + i))];

    private static (string Name, byte[]? Value)[] HeadersOf(int i) =>
        i % 3 == 0 ? [] : [("a", [1, 0, 255]), ("a", null), ("größe", i % 2 == 0 ? [] : [(byte)i])];

    private static string Text(int i) => Text(i, FirstMs + i, KeyOf(i), ValueOf(i), HeadersOf(i));

    private static string Text(long offset, long timestampMs, byte[]? key, byte[]? value, (string Name, byte[]? Value)[] headers) =>
        $"{offset} {timestampMs} {Hex(key)} {Hex(value)} {string.Join(',', headers.Select(h => $"{h.Name}={Hex(h.Value)}"))}";

    private static string Hex(byte[]? bytes) => bytes is null ? "null" : $"x{Convert.ToHexString(bytes)}";
}
