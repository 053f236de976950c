using K2I.Base;

namespace K2I.Kafka.Tests;

/// <summary>The node that all tests of <see cref="RealKafkaTests"/> share; started by the first that runs.</summary>
public sealed class SharedKafka : IDisposable
{
    private readonly Lazy<RealKafka> kafka = new(() => RealKafka.Start(
        "--sasl", "--tls", "--set", "listener.name.tls.ssl.client.auth=required", "--set", "auto.create.topics.enable=false",
        "--set", "group.consumer.min.heartbeat.interval.ms=300", "--set", "group.consumer.heartbeat.interval.ms=300"));

    public RealKafka Kafka => kafka.Value;

    public void Dispose()
    {
        if (kafka.IsValueCreated) kafka.Value.Dispose();
    }
}

public sealed class RealKafkaTests(SharedKafka shared) : IClassFixture<SharedKafka>
{
    private RealKafka Kafka => shared.Kafka;

    [RealKafka.Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public void EveryCodecRoundTrips(string codec)
    {
        var topic = Create($"codec-{codec}", 1);
        Produce.Numbers(Kafka.Brokers, topic, 0, 5_000, compression: codec);
        using var reader = Open(topic).UntilRecords(5_000);
        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => i.ToString()), reader.Records.Select(r => r.Text));
    }

    [RealKafka.Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public void WhatOneClientProducesTheOtherReadsAsItIs(string codec)
    {
        OtherClient.ProducesForUs(Kafka.Brokers, Create($"theirs-{codec}", 1), codec, topic => Open(topic));
        OtherClient.ReadsOurs(Kafka.Brokers, Create($"ours-{codec}", 1), codec);
    }

    [RealKafka.Theory]
    [InlineData("PLAIN")]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-512")]
    public void LogsInBySasl(string mechanism)
    {
        var topic = Create($"sasl-{mechanism}", 1);
        Produce.Numbers(Kafka.Brokers, topic, 0, 10);
        using var reader = Open(topic, "sasl", Login(mechanism, RealKafka.Password)).UntilRecords(10);
        Assert.Equal(9, reader.Records[^1].Offset);
    }

    [RealKafka.Theory]
    [InlineData("PLAIN")]
    [InlineData("SCRAM-SHA-256")]
    public void AWrongPasswordIsToldAndNotPrinted(string mechanism)
    {
        const string wrong = "wrong-password-never-print";
        var log = new CollectingLog();
        using var reader = new Collector(Options("none", "sasl", Login(mechanism, wrong)), log);
        reader.Until(() => reader.Problems.Any(p => p.Kind == KafkaProblemKind.Authentication) && reader.Consumer.Connection.State == KafkaConnectionState.Down);
        Assert.All(log.Lines, line => Assert.DoesNotContain(wrong, line, StringComparison.Ordinal));
        Assert.All(reader.Problems, problem => Assert.DoesNotContain(wrong, problem.Text, StringComparison.Ordinal));

        using var admin = new KafkaAdmin(Options("none", "sasl", Login(mechanism, wrong)).Client, log);
        Assert.Equal(ErrorKind.Denied, Assert.Throws<EngineException>(() => admin.CheckReachable(3_000)).Kind);
    }

    [RealKafka.Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void LongStopsLoseAndDoubleNothing(GroupProtocol protocol) =>
        LongStopTests.Check(Kafka.Brokers, Create($"stops-{protocol}", 2), protocol, [], stopMs: 500);

    [RealKafka.Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void StartsAndStopsAreExact(GroupProtocol protocol)
    {
        StartChecks.NothingBeforeTheStart(Kafka.Brokers, Create($"starts-{protocol}", 2), protocol, Quick(protocol));
        StartChecks.EveryRecordOnceFromTheLastStart(Kafka.Brokers, Create($"loops-{protocol}", 8), protocol, Quick(protocol));
        StartChecks.ALaterPositionWinsOverAnEarlierOne(Kafka.Brokers, Create($"positions-{protocol}", 12), protocol, Quick(protocol));
        StartChecks.PartitionsMoveWhileTheyAreStopped(Kafka.Brokers, Create($"moves-{protocol}", 4), protocol, Quick(protocol));
        StartChecks.StartsAmidRebalances(Kafka.Brokers, Create($"churn-{protocol}", 16), protocol, Quick(protocol));
    }

    [RealKafka.Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void ASubscriptionChangesUnderWay(GroupProtocol protocol)
    {
        var (one, other, pattern) = ($"sub-{protocol}-one", $"sub-{protocol}-other", $"sub-{protocol}-many");
        StartChecks.TheSubscriptionChanges(Kafka.Brokers, topic => Create(topic, 2), one, other, pattern, protocol,
            [.. Quick(protocol), new("topic.metadata.refresh.interval.ms", "500"), new("topic.metadata.propagation.max.ms", "0")]);
    }

    [RealKafka.Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void AnAssignmentThatNoPollHasServedIsRevokedInOrder(GroupProtocol protocol)
    {
        var topic = Create($"unserved-{protocol}", 1);
        CloseTests.CheckUnservedAssignment(group => Member(topic, group, protocol));
    }

    [RealKafka.Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void ARevokeThatNoPollHasServedIsAnsweredBeforeTheRestIsRevoked(GroupProtocol protocol)
    {
        var topic = Create($"half-served-{protocol}", 4);
        CloseTests.CheckUnservedRevoke(group => Member(topic, group, protocol));
    }

    [RealKafka.Fact]
    public void ATlsClientShowsItsCertificate()
    {
        var topic = Create("tls", 1);
        Produce.Numbers(Kafka.Brokers, topic, 0, 10);
        (string, string)[] trusted = [("security.protocol", "ssl"), ("ssl.ca.location", Kafka.Tls("ca.pem"))];
        using (var reader = Open(topic, "tls", [.. trusted, ("ssl.certificate.location", Kafka.Tls("client.crt")), ("ssl.key.location", Kafka.Tls("client.key"))]))
            reader.UntilRecords(10);
        using (var unnamed = Open(topic, "tls", trusted))
            unnamed.Until(() => unnamed.Problems.Any(p => p.Kind is KafkaProblemKind.Authentication or KafkaProblemKind.Unavailable));
        using var untrusting = Open(topic, "tls", [("security.protocol", "ssl")]);
        untrusting.Until(() => untrusting.Problems.Any(p => p.Kind == KafkaProblemKind.Authentication));
        Assert.Empty(untrusting.Records);
    }

    [RealKafka.Fact]
    public void LogsInBySaslOverTls()
    {
        var topic = Create("sasl-tls", 1);
        Produce.Numbers(Kafka.Brokers, topic, 0, 10);
        (string, string)[] properties = [.. Login("SCRAM-SHA-256", RealKafka.Password), ("security.protocol", "sasl_ssl"), ("ssl.ca.location", Kafka.Tls("ca.pem"))];
        using var reader = Open(topic, "sasl_tls", properties).UntilRecords(10);
    }

    [RealKafka.Fact]
    public void AbortedTransactionsAreNotRead()
    {
        var topic = Create("transactions", 1);
        using (var transactions = new Transactions(Kafka.Brokers, "tx-1"))
        {
            transactions.Run(topic, true, "a", "b");
            transactions.Run(topic, false, "c", "d");
            transactions.Run(topic, true, "e");
            transactions.Run(topic, false, "f");
        }
        Produce.Numbers(Kafka.Brokers, topic, 0, 1);
        using var reader = Open(topic).UntilRecords(4);
        reader.PollFor(500);
        Assert.Equal(["a", "b", "e", "0"], reader.Records.Select(r => r.Text));
        Assert.Equal([0L, 1, 6, 10], reader.Records.Select(r => r.Offset));
        Assert.Empty(reader.Problems);
    }

    [RealKafka.Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void ASecondMemberTakesOverPartitionsWithoutLossOrRepeat(GroupProtocol protocol) =>
        Takeover.Run(Kafka.Brokers, Create($"takeover-{protocol}", 4), protocol, Quick(protocol));

    [RealKafka.Fact]
    public void OffsetsAreFoundByTime()
    {
        var topic = Create("times", 1);
        using (var producer = Produce.Open(Kafka.Brokers))
        {
            for (var i = 0; i < 10; i++) producer.Produce(new() { Topic = topic, Partition = 0, Value = "v"u8, TimestampMs = 1_700_000_000_000 + i * 1000 });
            Assert.True(producer.Flush(10_000));
        }
        Collector? reader = null;
        reader = new Collector(Options(topic)) { Start = p => reader!.Admin.OffsetsForTime([p], 1_700_000_003_500, 10_000)[0].Offset };
        using (reader)
        {
            reader.UntilRecords(6);
            Assert.Equal(4, reader.Records[0].Offset);
            Assert.Equal([new(topic, 0, Offset.End)], reader.Admin.OffsetsForTime([new(topic, 0)], 1_800_000_000_000, 10_000));
            Assert.Equal(new Watermarks(new(0), new(10)), reader.Admin.QueryWatermarks(new(topic, 0), 10_000));
        }
    }

    [RealKafka.Fact]
    public void ATopicCreatedAgainHasAnotherId()
    {
        using var admin = new KafkaAdmin(new() { Brokers = Kafka.Brokers }, NullLog.Instance);
        var topic = Create("again", 2);
        var first = Described(admin, topic, t => t.Exists);
        Assert.Equal((2, true), (first.Partitions, first.Exists));
        Assert.Equal(22, first.TopicId!.Length);
        Assert.Contains(topic, admin.ListTopics(10_000));
        Assert.Equal(ErrorKind.AlreadyExists, Assert.Throws<EngineException>(() => admin.CreateTopic(topic, 1, 10_000)).Kind);
        admin.DeleteTopic(topic, 10_000);
        Described(admin, topic, t => !t.Exists);
        admin.CreateTopic(topic, 2, 10_000);
        Assert.NotEqual(first.TopicId, Described(admin, topic, t => t.Exists).TopicId);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => admin.DeleteTopic("no-such-topic", 10_000)).Kind);
    }

    [RealKafka.Fact]
    public void AcksAreTheGroups()
    {
        var topic = Create("acks", 1);
        Produce.Numbers(Kafka.Brokers, topic, 0, 10);
        using var reader = Open(topic).UntilRecords(10);
        Assert.True(reader.Consumer.TryAck([new(topic, 0, new(6))], 10_000));
        reader.Consumer.Ack([new(topic, 0, new(8))]);
        reader.Until(() => reader.Consumer.QueryAcked([new(topic, 0)], 10_000)[0].Offset == new Offset(8));
    }

    [RealKafka.Fact]
    public void AFencedStaticMemberIsToldThatItIsFatal()
    {
        var topic = Create("static", 1);
        using var first = new Collector(Options(topic) with { InstanceId = "host-1", Group = "static" });
        first.Until(() => first.Assigned.Count == 1);
        using var second = new Collector(Options(topic) with { InstanceId = "host-1", Group = "static" });
        second.Until(() => second.Assigned.Count == 1);
        first.Until(() => first.Problems.Any(p => p.Kind == KafkaProblemKind.Fatal));
    }

    [RealKafka.Fact]
    public void ABrokerKilledWhileReadingCostsAndRepeatsNothing()
    {
        var topic = Create("killed", 2);
        using var reader = Open(topic);
        using var producer = Produce.Open(Kafka.Brokers, timeoutMs: 120_000);
        var produced = 0;
        for (; produced < 2_000; produced++) Produce.Text(producer, topic, produced % 2, produced.ToString());
        reader.UntilRecords(1);
        for (; produced < 4_000; produced++) Produce.Text(producer, topic, produced % 2, produced.ToString());
        Kafka.Kill();
        try
        {
            for (; produced < 5_000; produced++) Produce.Text(producer, topic, produced % 2, produced.ToString());
            reader.Until(() => reader.Consumer.Connection.State == KafkaConnectionState.Down);
        }
        finally
        {
            Kafka.Restart();
        }
        for (; produced < 6_000; produced++) Produce.Text(producer, topic, produced % 2, produced.ToString());
        Assert.True(producer.Flush(60_000));
        Assert.Equal(0, producer.Failed);
        reader.Until(() => reader.Records.Count >= produced && reader.Consumer.Connection.State == KafkaConnectionState.Up, 60_000);
        reader.PollFor(500);
        Assert.Equal(produced, reader.Records.Count);
        Assert.Equal(produced, reader.Records.Select(r => r.Text).Distinct().Count());
        for (var partition = 0; partition < 2; partition++)
            Assert.Equal(Enumerable.Range(0, 3_000).Select(i => (long)i), reader.Records.Where(r => r.Partition == partition).Select(r => r.Offset));
    }

    private ConsumerOptions Member(string topic, string group, GroupProtocol protocol) =>
        new()
        {
            Client = new() { Brokers = Kafka.Brokers, Properties = Quick(protocol) },
            Group = $"{topic}-{group}",
            Topics = [topic],
            Protocol = protocol,
        };

    /// <summary>Members hear soon of a rebalance, and partitions that are started wait little for a fetch that waits for others.</summary>
    private static KeyValuePair<string, string>[] Quick(GroupProtocol protocol)
    {
        KeyValuePair<string, string> wait = new("fetch.wait.max.ms", "100"), heartbeat = new("heartbeat.interval.ms", "300");
        return protocol == GroupProtocol.Classic ? [wait, heartbeat] : [wait];
    }

    private static (string, string)[] Login(string mechanism, string password) =>
        [("security.protocol", "sasl_plaintext"), ("sasl.mechanism", mechanism), ("sasl.username", RealKafka.User), ("sasl.password", password)];

    /// <summary>Describes a topic until the description fits: what the controller has decided reaches the broker's metadata a moment later.</summary>
    private static TopicInfo Described(KafkaAdmin admin, string topic, Func<TopicInfo, bool> fits)
    {
        for (var i = 0; i < 100; i++)
        {
            var info = Assert.Single(admin.DescribeTopics([topic], 10_000));
            if (fits(info)) return info;
            Thread.Sleep(100);
        }
        throw new TimeoutException($"topic {topic}");
    }

    private string Create(string topic, int partitions)
    {
        using var admin = new KafkaAdmin(new() { Brokers = Kafka.Brokers }, NullLog.Instance);
        admin.CreateTopic(topic, partitions, 20_000);
        return topic;
    }

    private ConsumerOptions Options(string topic, string listener = "plaintext", params (string Name, string Value)[] properties) => new()
    {
        Client = new() { Brokers = Kafka.Address(listener), Properties = [.. properties.Select(p => KeyValuePair.Create(p.Name, p.Value))] },
        Group = $"g-{topic}",
        Topics = [topic],
    };

    private Collector Open(string topic, string listener = "plaintext", params (string Name, string Value)[] properties) => new(Options(topic, listener, properties));
}
