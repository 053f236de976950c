using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Tables that come, change and go while the process runs: of topics that are found, and of a configuration that is read
/// again.</summary>
[Collection(SharedBroker.Collection)]
public sealed class ManyTablesTests(SharedBroker broker) : IDisposable
{
    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void ATopicThatIsMadeWhileItRunsBecomesATable()
    {
        using var source = new Source(Kafka.Brokers);
        var shop = $"shop{Guid.NewGuid():n}"[..12];
        source.CreateTopic($"{shop}.a.Orders", 2);
        var orders = source.Send($"{shop}.a.Orders", 2, SampleEvents.Make(seed: 301, count: 300));
        var config = $$"""
            [kafka]
            brokers = {{Kafka.Brokers}}
            topic.metadata.refresh.interval.ms = 1000
            [iceberg]
            warehouse = {{workspace.Warehouse}}
            [flush]
            interval = 1s
            [table.cdc]
            topics = ^{{shop}}\.(?<db>\w+)\.(?<entity>[\w-]+)$
            table = ${entity}
            columns = '{{SampleEvents.Columns}}'
            """;
        List<Produced> users;
        using (var ingest = Ingest.Start(workspace, config))
        {
            ingest.WaitForOffsets("orders", 300);
            // What looks alike and does not match is not read; what takes another's name is refused.
            foreach (var topic in new[] { $"{shop}.a.b.c", $"{shop}.b.Orders-", $"{shop}.b.users",
                $"{shop}.b.orders" }) source.CreateTopic(topic, 1);
            users = source.Send($"{shop}.b.users", 1, SampleEvents.Make(seed: 302, count: 200));
            source.Send($"{shop}.a.b.c", 1, SampleEvents.Make(seed: 303, count: 10));
            ingest.WaitForOffsets("users", 200);
            ingest.Wait("one topic is refused", s => s.GetProperty("refused_topics").GetArrayLength() == 1);
            Assert.Equal(["orders", "orders_", "users"],
                ingest.Status()!.Value.GetProperty("tables").EnumerateArray().Select(t => t.GetProperty("name").GetString()!)
                    .Order(StringComparer.Ordinal));
            Assert.Equal(0, ingest.Stop());
        }

        Scenario.Judge(workspace.Table("orders"), orders);
        Scenario.Judge(workspace.Table("users"), users);
    }

    [IngestFact]
    public void AReloadAddsAndRemovesTablesUnderLoadAndNothingIsLostOrDoubled()
    {
        using var source = new Source(Kafka.Brokers);
        var (first, second) = (source.NewTopic("first", 2), source.NewTopic("second", 2));
        var one = Scenario.Config(workspace, Kafka.Brokers, first);
        var table = $"\n[table.other]\ntopics = {second}\ncolumns = '{SampleEvents.Columns}'\n";
        List<Produced> events = [], others = [];
        using (var ingest = Ingest.Start(workspace, one, fromFile: true))
        {
            var text = File.ReadAllText(ingest.ConfigFile);
            for (var round = 0; round < 3; round++)
            {
                Send(round);
                File.WriteAllText(ingest.ConfigFile, text + table);
                Tool.Run(Needs.Binary, ["reload", "--config", ingest.ConfigFile]).Expect(0);
                Send(10 + round);
                ingest.Wait("rows of the new table are read", s => Ingest.Table(s, "other")?.GetProperty("rows").GetInt64() > 0);
                File.WriteAllText(ingest.ConfigFile, text);
                if (round == 1) ingest.Signal("HUP");
                else Tool.Run(Needs.Binary, ["reload", "--config", ingest.ConfigFile]).Expect(0);
                ingest.Wait("the table is gone", s => Ingest.Table(s, "other") is null);
            }

            File.WriteAllText(ingest.ConfigFile, text + table);
            Tool.Run(Needs.Binary, ["reload", "--config", ingest.ConfigFile]).Expect(0);
            ingest.WaitForOffsets("events", Scenario.TotalOffsets(events));
            ingest.WaitForOffsets("other", Scenario.TotalOffsets(others));
            Assert.Equal(0, ingest.Stop());
        }

        Scenario.Judge(workspace.Table("events"), events);
        Scenario.Judge(workspace.Table("other"), others);

        void Send(int seed)
        {
            events.AddRange(source.Send(first, 2, SampleEvents.Make(seed: 310 + seed, count: 200)));
            others.AddRange(source.Send(second, 2, SampleEvents.Make(seed: 340 + seed, count: 200)));
        }
    }

    [IngestFact]
    public void AWrongFileChangesNothing()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("wrong", 1);
        var records = source.Send(topic, 1, SampleEvents.Make(seed: 320, count: 100));
        using (var ingest = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic), fromFile: true))
        {
            ingest.WaitForOffsets("events", 100);
            File.AppendAllText(ingest.ConfigFile, "\n[table.more]\ntopcs = x\nmax_depth = no\n");
            var (code, _, errors) = Tool.Run(Needs.Binary, ["reload", "--data-dir", workspace.Data]);
            Assert.Equal(2, code);
            Assert.Contains("unknown key 'topcs' in [table.more]; did you mean 'topics'?", errors, StringComparison.Ordinal);
            Assert.Contains("[table.more] max_depth: expected a whole number, found 'no'", errors, StringComparison.Ordinal);
            records.AddRange(source.Send(topic, 1, SampleEvents.Make(seed: 321, count: 100)));
            ingest.WaitForOffsets("events", 200);
            Assert.Equal(1, ingest.Status()!.Value.GetProperty("tables").GetArrayLength());
            Assert.Equal(0, ingest.Stop());
        }

        Scenario.Judge(workspace.Table("events"), records);
    }
}
