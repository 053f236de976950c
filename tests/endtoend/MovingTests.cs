using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Partitions move between processes that write to one table, and each record is in it once.</summary>
[Collection(SharedBroker.Collection)]
public sealed class MovingTests(SharedBroker broker) : IDisposable
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
    public void PartitionsMoveUnderLoad(string protocol, string settings)
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("moving", Partitions);
        var config = Scenario.Config(workspace, Kafka.Brokers, topic, kafka: $"group_protocol = {protocol}\n{settings}");
        using var stop = new CancellationTokenSource();
        var load = Task.Run(() => Produce(source, topic, stop.Token));
        using (var stays = Ingest.Start(workspace, config, "-a"))
        {
            stays.WaitForOffsets("events", 1);
            for (var round = 0; round < 3; round++)
            {
                using var comes = Ingest.Start(workspace, config, "-b");
                comes.Wait("the second has partitions", s => Ingest.Table(s, "events") is { } t && t.GetProperty("state").GetString() == "running" && t.GetProperty("partitions").GetArrayLength() == Partitions / 2);
                stays.Wait("the first has the others", s => Ingest.Table(s, "events")?.GetProperty("partitions").GetArrayLength() == Partitions / 2);
                comes.WaitForRows("events", 1);
                // Once it goes without a word.
                if (round == 1) comes.Kill();
                else Assert.Equal(0, comes.Stop());
                stays.Wait("the first has all again", s => Ingest.Table(s, "events")?.GetProperty("partitions").GetArrayLength() == Partitions);
            }

            stop.Cancel();
            stays.WaitForOffsets("events", Scenario.TotalOffsets(load.Result));
            Assert.Equal(0, stays.Stop());
        }

        Scenario.Judge(workspace.Table("events"), load.Result);
    }

    [IngestTheory]
    [InlineData("classic", Short)]
    [InlineData("consumer", "")]
    public void AZombieCommitsNothingThatItsHeirCommitted(string protocol, string settings)
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("zombie", Partitions);
        var kafka = $"group_protocol = {protocol}\n{settings}";
        using var zombie = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic, kafka: kafka, interval: "4s"), "-zombie");
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
        heir.Wait("both together have all", _ => Committed(zombie) + Committed(heir) == records.Count);
        Assert.Equal(0, zombie.Stop());
        Assert.Equal(0, heir.Stop());
        Scenario.Judge(workspace.Table("events"), records);
        Assert.True(
            zombie.Log.Contains("another writer was here", StringComparison.Ordinal) || zombie.Log.Contains("given to another member", StringComparison.Ordinal)
            || zombie.Log.Contains("are in the table", StringComparison.Ordinal), zombie.Log);
    }

    private static long Committed(Ingest ingest) =>
        ingest.Status() is { } status && Ingest.Table(status, "events") is { } table ? table.GetProperty("partitions").EnumerateArray().Sum(p => Math.Max(0, p.GetProperty("committed_offset").GetInt64())) : 0;

    private static List<Produced> Produce(Source source, string topic, CancellationToken stop)
    {
        List<Produced> records = [];
        for (var round = 0; !stop.IsCancellationRequested && round < 400; round++)
        {
            records.AddRange(source.Send(topic, Partitions, SampleEvents.Make(seed: 600 + round, count: 20, firstId: round * 20)));
            stop.WaitHandle.WaitOne(150);
        }

        return records;
    }
}
