namespace K2I.Kafka.Tests;

/// <summary>
/// A second member joins while records flow, takes half of four partitions, and leaves again. The offsets of the "table" decide every start, as the
/// engine's tables do. Every record must have been read once.
/// </summary>
public static class Takeover
{
    public static void Run(string brokers, string topic, GroupProtocol protocol, IReadOnlyList<KeyValuePair<string, string>> properties)
    {
        var table = new Dictionary<TopicPartition, long>();
        var produced = 0;
        using var producer = Produce.Open(brokers);
        using var first = Member();
        Step(first);
        first.Until(() => first.Assigned.Count == 4);

        using var second = Member();
        for (var i = 0; i < 1_000 && (i < 50 || first.Assigned.Count != 2 || second.Assigned.Count != 2); i++) Step(first, second);
        Assert.Equal((2, 2), (first.Assigned.Count, second.Assigned.Count));
        Assert.Empty(first.Assigned.Intersect(second.Assigned));
        Assert.Contains(first.Groups, g => g.StartsWith("revoked", StringComparison.Ordinal));
        Assert.DoesNotContain("revoked 4", first.Groups);
        for (var i = 0; i < 20; i++) Step(first, second);

        second.Consumer.Close(10_000);
        Assert.Empty(second.Assigned);
        first.Until(() => first.Assigned.Count == 4);
        for (var i = 0; i < 20; i++) Step(first);
        Assert.True(producer.Flush(20_000));
        first.Until(() => first.Records.Count + second.Records.Count >= produced);
        first.PollFor(200);

        var read = first.Records.Concat(second.Records).Select(r => (r.Partition, r.Offset)).ToList();
        Assert.Equal(produced, read.Count);
        Assert.Equal(produced, read.Distinct().Count());

        Collector Member()
        {
            var member = new Collector(new ConsumerOptions
            {
                Client = new() { Brokers = brokers, Properties = properties },
                Group = "takeover-" + topic,
                Topics = [topic],
                Protocol = protocol,
            })
            {
                Start = partition => new(table.GetValueOrDefault(partition, 0)),
            };
            member.Each = record => table[new(record.Topic, record.Partition)] = record.Offset + 1;
            return member;
        }

        void Step(params Collector[] members)
        {
            for (var i = 0; i < 40; i++) Produce.Text(producer, topic, i % 4, produced++.ToString());
            foreach (var member in members) member.Consumer.Poll(20, 10_000, member);
        }
    }
}
