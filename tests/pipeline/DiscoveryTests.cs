namespace K2I.Pipeline.Tests;

public sealed class DiscoveryTests : IDisposable
{
    private static readonly TableTemplate Shop = new()
    {
        Section = "shop",
        Table = "${entity}",
        Topics = [@"^shop\.(?<entity>[a-z-]+)$"],
        Options = new() { Name = "shop", Topics = [], Columns = "id: long!", Flush = new() { AgeMs = 200, Bytes = 1 << 20, Rows = 1_000 } },
    };

    private readonly EngineFixture fixture = new();

    public void Dispose() => fixture.Dispose();

    [Fact]
    public void TopicsBecomeTablesAndThoseThatComeLaterTooWithoutARestart()
    {
        fixture.Broker.CreateTopic("shop.orders", 2);
        // The broker's pattern is a wider one than ours.
        fixture.Broker.CreateTopic("shop.X1", 1);
        fixture.Produce("shop.orders", 0, """{"id":1}""");
        fixture.Produce("shop.orders", 1, """{"id":2}""");
        fixture.Produce("shop.X1", 0, """{"id":3}""");
        using var engine = fixture.Start(Options(Shop));
        engine.WaitFor("orders", t => t.RowsCommitted == 2);

        fixture.Broker.CreateTopic("shop.users", 1);
        fixture.Produce("shop.users", 0, """{"id":4}""", """{"id":5}""");
        var users = engine.WaitFor("users", t => t.RowsCommitted == 2);
        Assert.Equal("shop", users.Template);
        Assert.Equal(["orders", "users"], engine.Status().Tables.Select(t => t.Name).Order());
    }

    [Fact]
    public void ARefusedTopicDoesItsNeighboursNoHarm()
    {
        foreach (var topic in new[] { "shop.a-b", "shop.a_b", "shop.c", "shop.d" }) fixture.Broker.CreateTopic(topic, 1);
        var template = Shop with { Topics = [@"^shop\.(?<entity>[a-z_-]+)$"], MaxTables = 2 };
        using var engine = fixture.Start(Options(template));
        engine.WaitForStatus(s => s.Tables.Length == 2 && s.RefusedTopics.Length == 2 && s.Tables.All(t => t.State == TableState.Running));
        var tables = engine.Status().Tables.Select(t => t.Name).ToHashSet();
        foreach (var table in tables)
        {
            var topic = table == "a_b" ? engine.Status().RefusedTopics.Any(r => r.Topic == "shop.a_b") ? "shop.a-b" : "shop.a_b"
                : $"shop.{table}";
            fixture.Produce(topic, 0, """{"id":1}""");
            engine.WaitFor(table, t => t.RowsCommitted == 1);
        }
    }

    [Fact]
    public void ATableThatHoldsRowsOfAnotherNameIsNotMixedAfterARestart()
    {
        fixture.Broker.CreateTopic("shop.a-b", 1);
        fixture.Produce("shop.a-b", 0, """{"id":1}""");
        using (var first = fixture.Start(Options(Shop))) first.WaitFor("a_b", t => t.RowsCommitted == 1);
        fixture.Broker.CreateTopic("shop.a_b", 1);
        fixture.Produce("shop.a_b", 0, """{"id":2}""");
        using var second = fixture.Start(Options(Shop with
        {
            Topics = [@"^shop\.(?<entity>a_b)$", @"^shop\.(?<entity>a-b)$"],
            MaxTables = 1
        }));
        second.WaitForStatus(s => s.Tables is [{ Name: "a_b" }] && s.RefusedTopics.Length == 1);
        if (second.Status().RefusedTopics[0].Topic == "shop.a-b") second.WaitFor("a_b", t => t.PauseReason == PauseReason.Refused);
        Assert.Single(fixture.Rows("default.a_b"));
    }

    private EngineOptions Options(TableTemplate template)
    {
        var options = fixture.Options() with { Templates = [template] };
        return options with
        {
            Kafka =
            options.Kafka with { Properties = options.Kafka.Properties.SetItem("topic.metadata.refresh.interval.ms", "500") }
        };
    }
}
