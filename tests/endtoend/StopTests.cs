using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>A stop flushes what is buffered; a second signal does not wait for it.</summary>
[Collection(SharedBroker.Collection)]
public sealed class StopTests(SharedBroker broker) : IDisposable
{
    private const string Never = "1h", Static = "instance_id = host-1";
    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestTheory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void AStopCommitsWhatIsBuffered(string signal)
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("stop", 2);
        var records = source.Send(topic, 2, SampleEvents.Make(seed: 41, count: 500));
        using (var ingest = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic, interval: Never)))
        {
            ingest.Wait("all rows are buffered", s => Ingest.Table(s, "events")?.GetProperty("rows").GetInt64() == records.Count);
            Assert.Equal(0, Ingest.Table(ingest.Status()!.Value, "events")!.Value.GetProperty("rows_committed").GetInt64());
            ingest.Signal(signal);
            Assert.Equal(0, ingest.WaitForExit());
        }

        Scenario.Judge(workspace.Table("events"), records);
    }

    [IngestFact]
    public void ASecondSignalLeavesAtOnceAndTheNextRunLosesNothing()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("twice", 2);
        var records = source.Send(topic, 2, SampleEvents.Make(seed: 42, count: 500));
        using (var ingest = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic, kafka: Static, interval: Never)))
        {
            ingest.Wait("all rows are buffered", s => Ingest.Table(s, "events")?.GetProperty("rows").GetInt64() == records.Count);
            // Both arrive before the flush that the first one asks for can be over.
            ingest.Signal("STOP");
            ingest.Signal("TERM");
            ingest.Signal("CONT");
            ingest.Signal("TERM");
            Assert.Contains(ingest.WaitForExit(), new[] { 0, 143 });
        }

        Scenario.RunUntilCommitted(workspace, Scenario.Config(workspace, Kafka.Brokers, topic, kafka: Static), "events", records);
        Scenario.Judge(workspace.Table("events"), records, wasKilled: true);
    }
}
