using System.Text.Json;

namespace K2I.EndToEnd.Tests;

/// <summary>One topic, a table for each value of a field, and a process that is killed between any two steps.</summary>
[Collection(SharedBroker.Collection)]
public sealed class RoutingTests(SharedBroker broker) : IDisposable
{
    private const int Kinds = 5;

    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void EachRecordIsInTheTableOfItsValueOnceHoweverOftenItIsKilled()
    {
        using var source = new Source(broker.Kafka.Brokers);
        var topic = source.NewTopic("routed", 3);
        // Static membership: the broker need not miss the killed process before it hands the partitions to its successor.
        var config = Scenario.Config(workspace, broker.Kafka.Brokers, topic, kafka: "instance_id = host-1",
            table: "route_by = kind\ntable = events_${value}", interval: "100ms");
        List<Produced> records = [];
        string[] ends = ["routes.added:1", "table.created:1", "flush.before-commit:5", "flush.after-commit:9", "group.started:2", ""];
        for (var round = 0; round < ends.Length; round++)
        {
            // Each round brings another kind, too.
            var events = SampleEvents.Make(seed: 60 + round, count: 500, firstId: round * 500).Select(e =>
                e with { Json = $"{e.Json[..^1]},\"kind\":\"k{e.Id % Math.Min(round + 1, Kinds)}\"}}" });
            records.AddRange(source.Send(topic, 3, events));
            using var ingest = Ingest.Start(workspace, config, environment: ends[round].Length > 0 ? $"K2I_KILL_AT={ends[round]}" : "");
            var all = Scenario.TotalOffsets(records);
            if (ends[round].Length > 0)
            {
                var deadline = Environment.TickCount64 + 120_000;
                while (!ingest.HasExited && Environment.TickCount64 < deadline && !(Given(ingest.Status()) >= all)) Thread.Sleep(20);
                if (!ingest.HasExited) ingest.Kill();
                continue;
            }
            ingest.Wait("all records are given to their tables", s => Given(s) >= all);
            Assert.Equal(0, ingest.Stop());
        }
        for (var kind = 0; kind < Kinds; kind++)
        {
            var table = workspace.Table($"events_k{kind}");
            var own = records.Where(r => KindOf(r) == kind).ToList();
            Judges.Check(table);
            Comparison.ReaderSees(Reader.PyIceberg, table, SampleEvents.SchemaWithKafka, Produced.Rows(own), Produced.Identity);
        }
        Assert.Empty(Judges.Rows(Reader.IcebergJava, workspace.Table("events")));
    }

    /// <summary>How far the home is, over all partitions.</summary>
    private static long? Given(JsonElement? status) => status is { } told && Ingest.Table(told, "events") is { } home
        ? home.GetProperty("partitions").EnumerateArray().Sum(p => Math.Max(0, p.GetProperty("next_offset").GetInt64())) : null;

    private static long KindOf(Produced record)
    {
        var id = record.Row!.Value.GetProperty("id").GetInt64();
        return id % Math.Min((id / 500) + 1, Kinds);
    }
}
