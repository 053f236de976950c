using K2I.Base;
using Properties = System.Collections.Generic.IReadOnlyList<System.Collections.Generic.KeyValuePair<string, string>>;

namespace K2I.Kafka.Tests;


/// <summary>
/// What starting and stopping partitions promises, against any broker. The readers themselves fail at each record that is not the next one
/// from the last start.
/// </summary>
public static class StartChecks
{
    private const int Records = 400;

    public static void NothingBeforeTheStart(string brokers, string topic, GroupProtocol protocol, Properties properties)
    {
        TopicPartition first = new(topic, 0), second = new(topic, 1);
        foreach (var p in new[] { first, second }) Produce.Numbers(brokers, topic, p.Partition, Records);
        using var reader = new StrictReader(brokers, topic, protocol, properties, topic);
        reader.Until(() => reader.Assigned.Count == 2);
        reader.PollFor(700);
        reader.Start(StrictReader.At(topic, 0, 40));
        reader.Until(() => reader.Ends.ContainsKey(first));
        Assert.Equal((Records - 40, Records), (reader.Records, reader.Ends[first]));
        reader.Start(StrictReader.At(topic, 1, Offset.Beginning.Value));
        reader.Until(() => reader.Ends.ContainsKey(second));
        Assert.Equal(2 * Records - 40, reader.Records);
        // At the end nothing but the end is told, each time.
        for (var i = 0; i < 3; i++)
        {
            reader.Start(StrictReader.At(topic, 0, Records), StrictReader.At(topic, 1, Records));
            reader.Until(() => reader.Ends.Count == 2);
        }
        reader.Stop(first, second);
        foreach (var p in new[] { first, second }) Produce.Numbers(brokers, topic, p.Partition, 1, from: Records);
        reader.PollFor(300);
        Assert.Equal(2 * Records - 40, reader.Records);
    }

    /// <summary>
    /// Stops and starts partitions at random, forward, back, or where they were, between polls and from within records, while more is
    /// produced.
    /// </summary>
    public static void EveryRecordOnceFromTheLastStart(string brokers, string topic, GroupProtocol protocol, Properties properties)
    {
        const int partitions = 8;
        var random = new Random(7);
        var produced = 0;
        using var producer = Produce.Open(brokers);
        using var reader = new StrictReader(brokers, topic, protocol, properties, topic);
        var stopped = new Dictionary<TopicPartition, long>();
        reader.Given = given => stopped = given.ToDictionary(p => p, _ => 0L);
        reader.Until(() => reader.Assigned.Count == partitions);
        reader.Each = (partition, offset) =>
        {
            if (random.Next(200) != 0) return;
            foreach (var (_, _, at) in reader.Stop(partition)) stopped[partition] = at.Value;
            if (random.Next(2) == 0) Start(partition, random.Next((int)offset + 2));
        };
        for (var round = 0; round < 150; round++)
        {
            for (var i = 0; i < 20 * partitions; i++) Produce.Text(producer, topic, i % partitions, "x");
            produced += 20;
            reader.Consumer.Poll(5, random.Next(1, 400), reader);
            foreach (var partition in reader.Assigned)
            {
                if (random.Next(5) != 0) continue;
                if (stopped.TryGetValue(partition, out var at)) Start(partition, random.Next(3) == 0 ? random.Next((int)at + 1) : at);
                else if (random.Next(2) == 0) Start(partition, random.Next((int)reader.Next(partition) + 1));
                else stopped[partition] = reader.Stop(partition)[0].Offset.Value;
            }
        }
        Assert.True(producer.Flush(30_000));
        reader.Each = (_, _) => { };
        foreach (var (partition, at) in stopped.ToArray()) Start(partition, at);
        reader.Until(() => reader.Assigned.All(p => reader.Next(p) == produced));

        void Start(TopicPartition partition, long at)
        {
            reader.Start(StrictReader.At(partition.Topic, partition.Partition, at));
            stopped.Remove(partition);
        }
    }

    /// <summary>
    /// What an earlier start still asks the broker for (an offset by its name, an offset that is not there) must not come through.
    /// </summary>
    public static void ALaterPositionWinsOverAnEarlierOne(string brokers, string topic, GroupProtocol protocol, Properties properties)
    {
        const int partitions = 12;
        for (var p = 0; p < partitions; p++) Produce.Numbers(brokers, topic, p, 100);
        using var reader = new StrictReader(brokers, topic, protocol, properties, topic);
        reader.Until(() => reader.Assigned.Count == partitions);
        long[] earlier = [Offset.Beginning.Value, Offset.End.Value, 1_000_000, 0];
        for (var round = 0; round < 12; round++)
        {
            foreach (var partition in reader.Assigned.OrderBy(p => p.Partition))
            {
                reader.Start(StrictReader.At(topic, partition.Partition, earlier[(partition.Partition + round) % 4]));
                if (round % 3 == 1) Thread.Sleep(1);
                if (round % 3 == 2) reader.Stop(partition);
                reader.Start(StrictReader.At(topic, partition.Partition, round % 4 == 3 ? Offset.Beginning.Value : 50 + round));
            }
            reader.Until(() => reader.Ends.Count == partitions && reader.Assigned.All(p => reader.Next(p) == 100));
            // Longer than librdkafka takes to ask again.
            if (round % 4 == 0) reader.PollFor(700);
        }
        Assert.Empty(reader.Problems);
    }

    public static void PartitionsMoveWhileTheyAreStopped(string brokers, string topic, GroupProtocol protocol, Properties properties)
    {
        for (var p = 0; p < 4; p++) Produce.Numbers(brokers, topic, p, Records);
        using var first = new StrictReader(brokers, topic, protocol, properties, topic);
        first.Until(() => first.Assigned.Count == 4);
        first.Start([.. first.Assigned.Select(p => StrictReader.At(topic, p.Partition, 0))]);
        first.Until(() => first.Records > 0, maxRecords: 10);
        first.Stop([.. first.Assigned]);
        using var second = new StrictReader(brokers, topic, protocol, properties, topic);
        Together(() => first.Assigned.Count == 2 && second.Assigned.Count == 2);
        second.Start([.. second.Assigned.Select(p => StrictReader.At(topic, p.Partition, 100))]);
        Together(() => second.Records == 2 * (Records - 100));
        second.Consumer.Close(10_000);
        var seen = first.Records;
        first.Until(() => first.Assigned.Count == 4);
        first.PollFor(500);
        Assert.Equal(seen, first.Records);
        first.Start([.. first.Assigned.Select(p => StrictReader.At(topic, p.Partition, 300))]);
        first.Until(() => first.Assigned.All(p => first.Next(p) == Records));

        void Together(Func<bool> condition) => first.Until(() =>
        {
            second.Consumer.Poll(20, 10_000, second);
            return condition();
        });
    }

    /// <summary>Partitions are started and stopped all the time while another member comes and goes.</summary>
    public static void StartsAmidRebalances(string brokers, string topic, GroupProtocol protocol, Properties properties)
    {
        const int partitions = 16, each = 300, members = 2;
        for (var p = 0; p < partitions; p++) Produce.Numbers(brokers, topic, p, each);
        var random = new Random(3);
        using var reader = new StrictReader(brokers, topic, protocol, properties, topic);
        reader.Given = given =>
        {
            if (random.Next(2) == 0) reader.Start([.. given.Select(p => StrictReader.At(topic, p.Partition, 0))]);
        };
        reader.Until(() => reader.Assigned.Count == partitions);
        for (var i = 0; i < members; i++)
        {
            using (var other = new StrictReader(brokers, topic, protocol, properties, topic))
            {
                reader.Until(() =>
                {
                    other.Consumer.Poll(1, 10_000, other);
                    Shuffle();
                    return other.Assigned.Count > 0 && reader.Assigned.Count + other.Assigned.Count == partitions;
                });
            }
            reader.Until(() =>
            {
                Shuffle();
                return reader.Assigned.Count == partitions;
            });
        }
        reader.Start([.. reader.Assigned.Select(p => StrictReader.At(topic, p.Partition, 10))]);
        reader.Until(() => reader.Assigned.All(p => reader.Next(p) == each));

        void Shuffle()
        {
            foreach (var partition in reader.Assigned)
            {
                var dice = random.Next(6);
                if (dice < 2) reader.Start(StrictReader.At(topic, partition.Partition, random.Next(each)));
                else if (dice == 2) reader.Stop(partition);
            }
        }
    }

    public static void TheSubscriptionChanges(
        string brokers, Func<string, string> create, string one, string other, string many, GroupProtocol protocol, Properties properties)
    {
        foreach (var topic in new[] { one, other, many + ".a" }) Fill(topic);
        using var reader = new StrictReader(brokers, one, protocol, properties, one);
        reader.Given = given => reader.Start([.. given.Select(p => StrictReader.At(p.Topic, p.Partition, 0))]);
        reader.Until(() => Read(one));
        reader.Consumer.Subscribe([one, other]);
        reader.Until(() => Read(other));
        Assert.Equal(20, reader.Next(new(one, 1)));
        var pattern = $"^{many.Replace(".", "\\.", StringComparison.Ordinal)}\\..*";
        reader.Consumer.Subscribe([other, pattern]);
        reader.Until(() => Read(many + ".a") && reader.Assigned.All(p => p.Topic != one));
        Fill(many + ".b");
        reader.Until(() => Read(many + ".b"));
        Assert.Equal([many + ".a", many + ".b", other], reader.Assigned.Select(p => p.Topic).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(4 * 2 * 20, reader.Records);

        bool Read(string topic) => Enumerable.Range(0, 2).All(p => reader.Runs(new(topic, p)) && reader.Next(new(topic, p)) == 20);

        void Fill(string topic)
        {
            create(topic);
            for (var p = 0; p < 2; p++) Produce.Numbers(brokers, topic, p, 20);
        }
    }
}
