using K2I.Base;

namespace K2I.Pipeline.Tests;

/// <summary>With <c>start = latest</c> the end is looked for once; what comes later, wherever it comes, is read.</summary>
public sealed class LatestStartTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    [Theory]
    [InlineData(WalMode.Records, true)]
    [InlineData(WalMode.Offsets, true)]
    [InlineData(WalMode.Records, false)]
    [InlineData(WalMode.Offsets, false)]
    public void APartitionWithoutRecordsKeepsItsStartOverARestart(WalMode mode, bool rowsElsewhere)
    {
        fixture.Broker.CreateTopic("orders", 2);
        fixture.Produce("orders", 0, """{"id":1}""");
        fixture.Produce("orders", 1, """{"id":2}""");
        var options = fixture.Options(Orders()) with { WalMode = mode };
        using (var engine = fixture.Start(options))
        {
            engine.WaitFor("orders", t => t.Partitions.Length == 2);
            if (rowsElsewhere)
            {
                fixture.Produce("orders", 0, """{"id":3}""");
                engine.WaitFor("orders", t => t.RowsCommitted == 1);
            }
        }
        fixture.Produce("orders", 1, """{"id":4}""");
        using var again = fixture.Start(options);
        again.WaitFor("orders", t => t.RowsCommitted == 1);
        Assert.Equal(new Offset(2), OffsetsOf("orders").Next("orders", 1));
    }

    [Theory]
    [InlineData(WalMode.Records)]
    [InlineData(WalMode.Offsets)]
    public void TheStartIsInTheLogBeforeAnythingIsCommitted(WalMode mode)
    {
        fixture.Broker.CreateTopic("orders", 2);
        fixture.Produce("orders", 1, """{"id":1}""");
        var options = fixture.Options(Orders() with { Flush = new() { AgeMs = 600_000 } }) with { WalMode = mode };
        Action crash;
        using (var engine = fixture.Start(options))
        {
            engine.WaitFor("orders", t => t.Partitions.Length == 2 && t.WalSyncedPosition.Bytes > 0 && t.WalSyncedPosition == t.WalAppendedPosition);
            crash = fixture.CrashImage(options);
        }
        crash();
        fixture.Produce("orders", 0, """{"id":2}""");
        fixture.Produce("orders", 1, """{"id":3}""");
        using var again = fixture.Start(fixture.Options(Orders()) with { WalMode = mode });
        again.WaitFor("orders", t => t.RowsCommitted == 2);
    }

    [Fact]
    public void ATopicThatComesToBeLaterIsReadFromItsBeginning()
    {
        fixture.Broker.CreateTopic("orders_a", 1);
        fixture.Produce("orders_a", 0, """{"id":1}""");
        var options = fixture.Options(Orders() with { Topics = ["^orders_.*"] });
        using (var engine = fixture.Start(options)) engine.WaitFor("orders", t => t.Partitions.Length == 1);
        fixture.Broker.CreateTopic("orders_b", 1);
        fixture.Produce("orders_b", 0, """{"id":2}""", """{"id":3}""");
        using var again = fixture.Start(options);
        again.WaitFor("orders", t => t.RowsCommitted == 2);
        Assert.Equal((new Offset(1), new Offset(2)), (OffsetsOf("orders").Next("orders_a", 0), OffsetsOf("orders").Next("orders_b", 0)));
    }

    [Fact]
    public void ATableThatIsStillToBeInferredKeepsItsStartToo()
    {
        fixture.Broker.CreateTopic("orders", 2);
        fixture.Produce("orders", 0, """{"old":1}""");
        fixture.Produce("orders", 1, """{"old":1}""");
        var options = fixture.Options(Orders() with { Columns = null });
        using (var engine = fixture.Start(options)) engine.WaitFor("orders", t => t.Partitions.Length == 2);
        fixture.Produce("orders", 0, """{"id":2}""");
        fixture.Produce("orders", 1, """{"id":3}""");
        using (var again = fixture.Start(options)) again.WaitFor("orders", t => t.RowsCommitted == 2);
        Assert.Equal(["id", "_kafka"], fixture.Load("default.orders").Metadata.CurrentSchema.Fields.Select(f => f.Name));
        Assert.Equal((new Offset(2), new Offset(2)), (OffsetsOf("orders").Next("orders", 0), OffsetsOf("orders").Next("orders", 1)));
    }

    /// <summary>Two members may decide for one partition; the table takes the first, and nobody starts anew for it.</summary>
    [Fact]
    public void AStartThatAnotherMemberDecidedFirstIsNoReasonToStopAFlush()
    {
        fixture.Broker.CreateTopic("orders", 2);
        var options = fixture.Options(Orders() with { Flush = new() { AgeMs = 300 } });
        using var engine = fixture.Start(options);
        engine.WaitFor("orders", t => t.Partitions.Length == 2);
        using var other = fixture.Start(options with { DataDirectory = options.DataDirectory + "-other", Kafka = options.Kafka with { Group = "other" } });
        other.WaitFor("orders", t => t.Partitions.Length == 2);
        fixture.Produce("orders", 0, """{"id":1}""");
        engine.WaitFor("orders", t => t.Partitions.Any(p => p is { Partition: 0, NextOffset.Value: 1 }));
        other.WaitFor("orders", t => t.Partitions.Any(p => p is { Partition: 0, NextOffset.Value: 1 }));
        engine.WaitFor("orders", t => t.RowsCommitted + other.Table("orders").RowsCommitted >= 1);
        engine.Stop();
        other.Stop();
        Assert.Equal("1", fixture.Load("default.orders").Metadata.CurrentSnapshot!.Summary["total-records"]);
    }

    public void Dispose() => fixture.Dispose();

    private OffsetMap OffsetsOf(string table) => OffsetMap.Of(fixture.Load($"default.{table}"));

    private static TableOptions Orders() => new() { Name = "orders", Topics = ["orders"], Columns = "id: long", Start = StartPosition.Latest, Flush = new() { AgeMs = 200 } };
}
