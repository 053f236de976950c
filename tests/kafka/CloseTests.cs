using K2I.Base;

namespace K2I.Kafka.Tests;

/// <summary>
/// A close ends, whatever its group is in the middle of, and takes partitions away in order: each is revoked while it can still be acked.
/// </summary>
public sealed class CloseTests : IDisposable
{
    private readonly EmbeddedBroker broker = new(NullLog.Instance);

    public void Dispose() => broker.Dispose();

    /// <summary>Which answer is missed, to a rebalance or to the leaving, is a matter of microseconds: so it closes often.</summary>
    [Theory]
    [InlineData(GroupProtocol.Classic, true)]
    [InlineData(GroupProtocol.Classic, false)]
    [InlineData(GroupProtocol.Consumer, true)]
    [InlineData(GroupProtocol.Consumer, false)]
    public void ACloseWithoutTimeToLeaveEndsAllTheSame(GroupProtocol protocol, bool assignmentIsServed)
    {
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 1);
        for (var i = 0; i < 20; i++)
        {
            var reader = new Collector(Options(protocol, $"g{i}"));
            if (assignmentIsServed) reader.UntilRecords(1);
            else Thread.Sleep(10 * i);
            Close(reader, i % 3);
        }
    }

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void AnAssignmentThatNoPollHasServedIsRevokedInOrder(GroupProtocol protocol)
    {
        broker.CreateTopic("t", 1);
        CheckUnservedAssignment(group => Options(protocol, group));
    }

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void ARevokeThatNoPollHasServedIsAnsweredBeforeTheRestIsRevoked(GroupProtocol protocol)
    {
        broker.CreateTopic("t", 4);
        CheckUnservedRevoke(group => Options(protocol, group));
    }

    /// <summary>The time in between is when another thread ends the group, if anything lets it: each number of milliseconds once.</summary>
    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void ARevokeThatTakesLongEndsAllTheSame(GroupProtocol protocol)
    {
        broker.CreateTopic("t", 1);
        for (var i = 0; i < 20; i++)
        {
            var reader = new Collector(Options(protocol, $"g{i}"));
            var ms = i;
            reader.Revoked = _ => Thread.Sleep(ms);
            Thread.Sleep(100);
            Close(reader, 30_000);
        }
    }

    [Fact]
    public void TheTimeToLeaveIsTheClocks()
    {
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 1);
        var log = new CollectingLog();
        var reader = new Collector(Options(GroupProtocol.Classic, "g"), log, new LeapingClock()).UntilRecords(1);
        broker.GoDown();
        Close(reader, 3_600_000);
        Assert.Contains(log.Lines, line => line.Contains("without telling the broker", StringComparison.Ordinal));
    }

    [Fact]
    public void DisposingLogsWhatTheListenerCouldNotDoAndThrowsWhatIsABug()
    {
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 1);
        var log = new CollectingLog();
        var first = new Collector(Options(GroupProtocol.Classic, "g1"), log).UntilRecords(1);
        first.Revoked = _ => throw new EngineException(ErrorKind.Unavailable, "the catalog is away");
        first.Dispose();
        Assert.Contains(log.Lines, line => line.Contains("the catalog is away", StringComparison.Ordinal));

        var second = new Collector(Options(GroupProtocol.Classic, "g2"), log).UntilRecords(1);
        second.Revoked = _ => Check.Fail("a bug");
        Assert.Throws<InvalidOperationException>(second.Dispose);
    }

    /// <summary>
    /// The assignment of one partition is answered first. A group that was left with that answer has ended when the revoke acks.
    /// </summary>
    internal static void CheckUnservedAssignment(Func<string, ConsumerOptions> member)
    {
        Seen(["assigned 1", "revoked 1"], (group, waitMs) =>
        {
            var reader = new Collector(member(group));
            Thread.Sleep(waitMs);
            return AckAtEachRevoke(reader);
        });
    }

    /// <summary>A second member takes two of four partitions; the first closes before it has heard of that.</summary>
    internal static void CheckUnservedRevoke(Func<string, ConsumerOptions> member)
    {
        Seen(["assigned 4", "revoked 2", "revoked 2"], (group, waitMs) =>
        {
            var first = new Collector(member(group));
            first.Until(() => first.Assigned.Count == 4);
            // Members ask for the assignment that follows at once: the polls see it through.
            first.PollFor(500);
            using var second = new Collector(member(group));
            second.PollFor(waitMs);
            return AckAtEachRevoke(first);
        });
    }

    private ConsumerOptions Options(GroupProtocol protocol, string group) => new()
    {
        Client = new() { Brokers = broker.BootstrapServers, Properties = protocol == GroupProtocol.Classic ? EmbeddedBroker.ConsumerProperties : [] },
        Group = group,
        Topics = ["t"],
        Protocol = protocol,
    };

    private static void Close(Collector reader, int timeoutMs)
    {
        var closed = Task.Run(() => reader.Consumer.Close(timeoutMs));
        Assert.True(closed.Wait(60_000), "it waits for an answer that nobody gives any more");
        reader.Dispose();
    }

    /// <summary>
    /// Tries with more and more time before the close, several times over, until the group has come as far as the test wants it. A group
    /// that the broker is just rebalancing takes no acks.
    /// </summary>
    private static void Seen(string[] groups, Func<string, int, Collector> closeAfter)
    {
        for (var attempt = 0; ; attempt++)
        {
            var reader = closeAfter($"g{attempt}", 100 << (attempt % 7));
            if (attempt < 28 && !reader.Groups.SequenceEqual(groups)) continue;
            Assert.Equal(groups, reader.Groups);
            return;
        }
    }

    private static Collector AckAtEachRevoke(Collector reader)
    {
        reader.Revoked = revoked =>
        {
            Thread.Sleep(300);
            var starts = revoked.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, new(0))).ToArray();
            if (!reader.Consumer.TryAck(starts, 10_000)) reader.Groups.Add("not acked");
        };
        Close(reader, 30_000);
        return reader;
    }
}
