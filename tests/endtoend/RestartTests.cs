using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Whatever ends and starts again, each record is in the table once.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void ABrokerKilledUnderWayCostsNothing()
    {
        using var kafka = RealKafka.Start("--set", "auto.create.topics.enable=false");
        using var source = new Source(kafka.Brokers);
        var topic = source.NewTopic("killed", 2);
        List<Produced> records = [.. source.Send(topic, 2, SampleEvents.Make(seed: 21, count: 2_000))];
        using var ingest = Ingest.Start(workspace, Scenario.Config(workspace, kafka.Brokers, topic));
        ingest.WaitForOffsets("events", 1);
        kafka.Kill();
        ingest.Wait("the missing broker is noticed", s => Ingest.Table(s, "events")?.GetProperty("kafka_state").GetString() is not ("up" or "Up" or ""));
        Assert.False(ingest.HasExited);
        kafka.Restart();
        records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: 22, count: 2_000, firstId: 2_000)));
        ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
        Assert.Equal(0, ingest.Stop());
        Scenario.Judge(workspace.Table("events"), records);
    }

    [IngestFact]
    public void ABrokerThatIsAwayAtTheStartIsWaitedFor()
    {
        using var kafka = RealKafka.Start("--set", "auto.create.topics.enable=false");
        List<Produced> records;
        string topic, brokers = kafka.Brokers;
        using (var source = new Source(brokers))
        {
            topic = source.NewTopic("away", 1);
            records = source.Send(topic, 1, SampleEvents.Make(seed: 23, count: 100));
        }

        kafka.Kill();
        using var ingest = Ingest.Start(workspace, Scenario.Config(workspace, brokers, topic));
        ingest.Wait("it says that it waits", s => Ingest.Table(s, "events")?.GetProperty("state").GetString() is "waiting" or "starting");
        kafka.Restart();
        ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
        Assert.Equal(0, ingest.Stop());
        Scenario.Judge(workspace.Table("events"), records);
    }

    [IngestFact]
    public void KilledAndStartedAgainItGoesOnWhereTheTableEnds()
    {
        using var kafka = RealKafka.Start("--set", "auto.create.topics.enable=false");
        using var source = new Source(kafka.Brokers);
        var topic = source.NewTopic("again", 3);
        // Static membership: the broker need not miss the killed process before it hands the partitions to its successor.
        var config = Scenario.Config(workspace, kafka.Brokers, topic, kafka: "instance_id = host-1");
        List<Produced> records = [];
        for (var round = 0; round < 4; round++)
        {
            records.AddRange(source.Send(topic, 3, SampleEvents.Make(seed: 30 + round, count: 1_500, firstId: round * 1_500)));
            using var ingest = Ingest.Start(workspace, config);
            if (round == 3) ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
            else ingest.WaitForOffsets("events", 1 + (round * 1_500));
            // The second round ends in order, the others as a crash would end them.
            if (round is 1 or 3) Assert.Equal(0, ingest.Stop());
            else ingest.Kill();
        }

        Scenario.Judge(workspace.Table("events"), records, wasKilled: true);
    }
}
