using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>A table that is there already is taken as it is, if its columns can hold what comes.</summary>
[Collection(SharedBroker.Collection)]
public sealed class AdoptTests(SharedBroker broker) : IDisposable
{
    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void ATableOfAnotherEngineIsContinued()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("adopt", 1);
        var table = Create(SampleEvents.SchemaWithKafka.GetRawText(), "bucket(id,4)");
        var records = source.Send(topic, 1, SampleEvents.Make(seed: 51, count: 200));
        Scenario.RunUntilCommitted(workspace, Scenario.Config(workspace, Kafka.Brokers, topic), "events", records);
        Scenario.Judge(table, records);
    }

    [IngestFact]
    public void ATableThatCannotHoldTheColumnsIsRefusedByName()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("refuse", 1);
        source.Send(topic, 1, SampleEvents.Make(seed: 52, count: 10));
        var table = Create("""{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"id","required":true,"type":"string"}]}""", null);
        var before = Directory.EnumerateFiles(Path.Combine(table, "metadata")).Order().ToList();
        using var ingest = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic));
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (!ingest.HasExited && DateTime.UtcNow < deadline && !(ingest.Status() is { } s && Ingest.Table(s, "events")?.GetProperty("state").GetString() is "failed" or "paused")) Thread.Sleep(50);
        if (!ingest.HasExited) ingest.Stop();
        Assert.Contains("id", ingest.Log, StringComparison.Ordinal);
        Assert.Contains("string", ingest.Log, StringComparison.Ordinal);
        Assert.Equal(before, Directory.EnumerateFiles(Path.Combine(table, "metadata")).Order());
    }

    private string Create(string schema, string? spec)
    {
        var table = workspace.Table("events");
        string[] partitions = spec is null ? [] : ["--spec", spec];
        Judges.Java.Run(["op", "create", table, "--schema", workspace.File("schema.json", schema), .. partitions]).Expect(0);
        return table;
    }
}
