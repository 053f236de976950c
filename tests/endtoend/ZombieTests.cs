using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>A process that does not know yet that its partitions are another's.</summary>
[Collection(SharedBroker.Collection)]
public sealed class ZombieTests(SharedBroker broker) : IDisposable
{
    private const int Partitions = 4;

    /// <summary>The shortest session that Kafka takes by default.</summary>
    private const string Short = "session.timeout.ms = 6000\nheartbeat.interval.ms = 1000";

    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestTheory]
    [InlineData("classic", Short)]
    [InlineData("consumer", "")]
    public void AZombieCommitsNothingThatItsHeirCommitted(string protocol, string settings)
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("zombie", Partitions);
        var kafka = $"group_protocol = {protocol}\n{settings}";
        var slow = Scenario.Config(workspace, Kafka.Brokers, topic, kafka: kafka, interval: "4s");
        using var zombie = Ingest.Start(workspace, slow, "-zombie");
        zombie.WaitForState("events", "running");
        List<Produced> records = [.. source.Send(topic, Partitions, SampleEvents.Make(seed: 61, count: 600))];
        zombie.Wait("rows are buffered", s => Ingest.Table(s, "events")?.GetProperty("rows").GetInt64() == 600);
        Assert.Equal(0, Ingest.Table(zombie.Status()!.Value, "events")!.Value.GetProperty("rows_committed").GetInt64());
        zombie.Signal("STOP");

        using var heir = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic, kafka: kafka), "-heir");
        records.AddRange(source.Send(topic, Partitions, SampleEvents.Make(seed: 62, count: 300, firstId: 600)));
        heir.WaitForOffsets("events", Scenario.TotalOffsets(records));
        zombie.Signal("CONT");
        records.AddRange(source.Send(topic, Partitions, SampleEvents.Make(seed: 63, count: 300, firstId: 900)));
        zombie.Wait("the zombie has partitions of its own again", s => Ingest.Table(s, "events") is { } t
            && t.GetProperty("state").GetString() == "running" && t.GetProperty("partitions").GetArrayLength() is > 0 and < Partitions);
        heir.Wait("both together have all", _ => zombie.Committed("events") + heir.Committed("events") == records.Count);
        Assert.Equal(0, zombie.Stop());
        Assert.Equal(0, heir.Stop());
        Judges.CheckWithOrphans(workspace.Table("events"));
        Judges.EveryOffsetOnce(workspace.Table("events"), Produced.Ranges(records));
        string[] words = ["another writer was here", "given to another member", "are in the table"];
        Assert.True(words.Any(w => zombie.Log.Contains(w, StringComparison.Ordinal)), zombie.Log);
    }
}
