using K2I.Kafka;

namespace K2I.Pipeline.Tests;

public sealed class TopicWatchTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    [Fact]
    public void AMissingTopicIsToldOnceAndForgottenWhenItIsThere()
    {
        var log = new CollectingLog();
        var watch = new TopicWatch(["a", "b", "^c.*"], "t", log);
        watch.Report(new KafkaProblem(KafkaProblemKind.UnknownTopic, "b", -1, new(-1), ""));
        watch.Report(new KafkaProblem(KafkaProblemKind.UnknownTopic, "b", -1, new(-1), ""));
        Assert.Equal(["b"], watch.Missing);
        Assert.Single(log.Lines, l => l.StartsWith("Warn a topic is missing", StringComparison.Ordinal));
        watch.Report(new KafkaProblem(KafkaProblemKind.Unavailable, "a", -1, new(-1), ""));
        Assert.False(watch.IsLookWanted);
        watch.Report(new KafkaProblem(KafkaProblemKind.UnknownTopic, null, -1, new(-1), ""));
        Assert.True(watch.IsLookWanted);
        watch.Look(names => [.. names.Select(n => new TopicInfo(n, null, n == "b" ? 1 : 0, n == "b"))]);
        Assert.False(watch.IsLookWanted);
        Assert.Equal(["a"], watch.Missing);
        watch.Has("a");
        Assert.Empty(watch.Missing);
    }

    [Fact]
    public void AMissingTopicIsShownWhileTheOthersAreRead()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, """{"id":1}""");
        using var engine = fixture.Start(fixture.Options(new TableOptions { Name = "orders", Topics = ["orders", "no-orders"], Columns = "id: long", Flush = new() { AgeMs = 200 } }));
        var status = engine.WaitFor("orders", t => t.RowsCommitted == 1 && t.MissingTopics.Length == 1);
        Assert.Equal("no-orders", Assert.Single(status.MissingTopics));
        Assert.False(new EngineStatus(0, [status]).Healthy);
    }

    public void Dispose() => fixture.Dispose();
}
