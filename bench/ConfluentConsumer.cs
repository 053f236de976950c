using System.Diagnostics;
using Confluent.Kafka;

namespace K2I.Bench;

/// <summary>
/// Reads a topic from its start to its end with Confluent.Kafka's consumer: what the engine's own binding is compared with.
/// Prints one line: records, seconds, records/s, CPU µs per record.
/// </summary>
public static class ConfluentConsumer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static int Run(string brokers, string topic)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = brokers,
            GroupId = $"bench-{Environment.ProcessId}",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            EnablePartitionEof = true,
            FetchQueueBackoffMs = 1,
        };
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        var partitions = Partitions(brokers, topic);
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));

        long records = 0, bytes = 0;
        var atEnd = 0;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        while (atEnd < partitions.Count)
        {
            var result = consumer.Consume(Patience);
            if (result is null)
            {
                Console.Error.WriteLine($"{topic}: nothing came for {Patience.TotalSeconds} s");
                return 1;
            }

            if (result.IsPartitionEOF)
            {
                atEnd++;
                continue;
            }

            records++;
            bytes += result.Message.Value?.Length ?? 0;
        }

        var seconds = clock.Elapsed.TotalSeconds;
        var spent = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds;
        Console.WriteLine(FormattableString.Invariant(
            $"confluent.kafka {Library.VersionString}: {records} records, {bytes} bytes, {seconds:F2} s, {records / seconds:F0} records/s, {spent / records:F2} µs CPU/record"));
        return 0;
    }

    private static List<TopicPartition> Partitions(string brokers, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = brokers }).Build();
        var metadata = admin.GetMetadata(topic, Patience);
        return metadata.Topics.Single().Partitions.ConvertAll(p => new TopicPartition(topic, p.PartitionId));
    }
}
