using K2I.Base;

namespace K2I.Kafka.Tests;

/// <summary>
/// What holds rows back for long (a catalog away, a full disk) shows in Kafka as stopped partitions; it must cost nothing but time.
/// </summary>
public sealed class LongStopTests : IDisposable
{
    private readonly EmbeddedBroker broker = new(NullLog.Instance);

    public void Dispose() => broker.Dispose();

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void LongStopsLoseAndDoubleNothing(GroupProtocol protocol)
    {
        broker.CreateTopic("t", 2);
        // Longer than the group's session: events are served, so the partitions stay. With the broker's protocol the timeouts are
        // the broker's.
        IReadOnlyList<KeyValuePair<string, string>> shortSession = [new("session.timeout.ms", "1500"), new("heartbeat.interval.ms", "150")];
        Check(broker.BootstrapServers, "t", protocol, protocol == GroupProtocol.Classic ? shortSession : [], stopMs: 2_500);
    }

    /// <summary>
    /// Stops again and again, with one partition or both, in the middle of what is fetched already, while more is produced; then looks at
    /// every offset.
    /// </summary>
    internal static void Check(
        string brokers, string topic, GroupProtocol protocol, IReadOnlyList<KeyValuePair<string, string>> properties, int stopMs)
    {
        const int each = 2_000, rounds = 3;
        for (var p = 0; p < 2; p++) Produce.Numbers(brokers, topic, p, each);
        var client = new ClientOptions { Brokers = brokers, Properties = properties };
        using var reader = new Collector(new ConsumerOptions { Client = client, Group = "stops", Topics = [topic], Protocol = protocol });
        TopicPartition[] both = [new(topic, 0), new(topic, 1)];
        // The poll that assigns may go on to records: one at most, so that the first round finds some.
        reader.Until(() => reader.Assigned.Count == 2, 60_000, maxRecords: 1);
        var produced = each;
        for (var round = 0; round < rounds; round++)
        {
            var held = round % 2 == 0 ? both : both[..1];
            var seen = reader.Records.Count;
            reader.Until(() => reader.Records.Count > seen, maxRecords: 100);
            reader.Consumer.Stop(held);
            var before = reader.Records.Count(r => held.Any(h => h.Partition == r.Partition));
            for (var p = 0; p < 2; p++) Produce.Numbers(brokers, topic, p, each, from: produced);
            produced += each;
            reader.PollFor(stopMs);
            Assert.Equal(before, reader.Records.Count(r => held.Any(h => h.Partition == r.Partition)));
            reader.GoOn(held);
        }
        reader.Until(() => reader.Records.Count >= 2 * produced, 60_000);
        reader.PollFor(300);
        foreach (var partition in both)
        {
            var offsets = reader.Records.Where(r => r.Partition == partition.Partition).Select(r => r.Offset);
            Assert.Equal(Enumerable.Range(0, produced).Select(i => (long)i), offsets);
        }
        Assert.Single(reader.Groups);
    }
}
