using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>What never goes on silently: the table pauses with a reason that status, metrics and log name, others go on, and a person's word resumes it.</summary>
[Collection(SharedBroker.Collection)]
public sealed class NamedStopTests(SharedBroker broker) : IDisposable
{
    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    private string Table => workspace.Table("events");

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void ATopicCreatedAgain()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("recreated", 2);
        var first = source.Send(topic, 2, SampleEvents.Make(seed: 101, count: 60));
        var config = WithSide(source, topic, out var side);
        Scenario.RunUntilCommitted(workspace, config, "events", first);
        source.Recreate(topic, 2);
        var second = source.Send(topic, 2, SampleEvents.Make(seed: 102, count: 40, firstId: 1_000));

        using var ingest = Ingest.Start(workspace, config);
        PausesAlone(ingest, source, side, "topic-recreated");
        Resume(ingest, "topic-recreated");
        ingest.WaitForOffsets("events", Scenario.TotalOffsets(second));
        Assert.Equal(0, ingest.Stop());
        Judges.CheckWithOrphans(Table);
        Assert.Equal(first.Concat(second).Select(r => r.Row!.Value.GetProperty("id").GetInt64()).Order(), Judges.Rows(Reader.IcebergJava, Table).Select(r => r.GetProperty("id").GetInt64()).Order());
    }

    /// <summary>The new topic soon has more records than the old one had: an offset alone does not tell them apart.</summary>
    [IngestTheory]
    [InlineData("classic")]
    [InlineData("consumer")]
    public void ATopicCreatedAgainWhileItIsRead(string protocol)
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("live", 2);
        var first = source.Send(topic, 2, SampleEvents.Make(seed: 111, count: 60));
        using var ingest = Ingest.Start(workspace, WithSide(source, topic, out var side, kafka: $"group_protocol = {protocol}"));
        ingest.WaitForOffsets("events", 60);
        source.Recreate(topic, 2);
        var second = source.Send(topic, 2, SampleEvents.Make(seed: 112, count: 200, firstId: 1_000));
        PausesAlone(ingest, source, side, "topic-recreated");
        Resume(ingest, "topic-recreated");
        ingest.WaitForOffsets("events", Scenario.TotalOffsets(second));
        Assert.Equal(0, ingest.Stop());
        Judges.Check(Table);
        Assert.Equal(first.Concat(second).Select(r => r.Row!.Value.GetProperty("id").GetInt64()).Order(), Judges.Rows(Reader.IcebergJava, Table).Select(r => r.GetProperty("id").GetInt64()).Order());
    }

    [IngestFact]
    public void RecordsThatKafkaHoldsNoMore()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("retention", 1);
        List<Produced> records = [.. source.Send(topic, 1, SampleEvents.Make(seed: 103, count: 60))];
        var config = WithSide(source, topic, out var side);
        Scenario.RunUntilCommitted(workspace, config, "events", records);
        source.Send(topic, 1, SampleEvents.Make(seed: 104, count: 40, firstId: 60));
        source.DeleteRecords(topic, 0, before: 80);

        using var ingest = Ingest.Start(workspace, config);
        PausesAlone(ingest, source, side, "offset-out-of-range");
        Resume(ingest, "offset-out-of-range");
        ingest.WaitForOffsets("events", 100);
        Assert.Equal(0, ingest.Stop());
        Judges.CheckWithOrphans(Table);
        Assert.Equal(
            Enumerable.Range(0, 60).Concat(Enumerable.Range(80, 20)).Select(o => (long)o),
            Judges.Rows(Reader.IcebergJava, Table).Select(r => r.GetProperty("_kafka").GetProperty("offset").GetInt64()).Order());
    }

    [IngestFact]
    public void ATableThatIsGone()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("gone", 2);
        List<Produced> records = [.. source.Send(topic, 2, SampleEvents.Make(seed: 105, count: 60))];
        using var ingest = Ingest.Start(workspace, WithSide(source, topic, out var side));
        ingest.WaitForOffsets("events", 60);
        Directory.Delete(Table, recursive: true);
        records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: 106, count: 40, firstId: 60)));
        PausesAlone(ingest, source, side, "table-missing");
        Resume(ingest, "table-missing");
        ingest.WaitForOffsets("events", 100);
        Assert.Equal(0, ingest.Stop());
        Judges.Check(Table);
        Judges.EveryOffsetOnce(Table, Produced.Ranges(records));
    }

    [IngestFact]
    public void ATableThatWasReplaced()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("replaced", 2);
        List<Produced> records = [.. source.Send(topic, 2, SampleEvents.Make(seed: 107, count: 60))];
        using var ingest = Ingest.Start(workspace, WithSide(source, topic, out var side));
        ingest.WaitForOffsets("events", 60);
        Judges.Java.Run("op", "recreate", Table).Expect(0);
        records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: 108, count: 40, firstId: 60)));
        PausesAlone(ingest, source, side, "table-replaced");
        Resume(ingest, "table-replaced");
        ingest.WaitForOffsets("events", 100);
        Assert.Equal(0, ingest.Stop());
        Judges.Check(Table);
        Judges.EveryOffsetOnce(Table, Produced.Ranges(records));
    }

    /// <summary>dead_letter = pause: a person looks at the record, and may pass it over.</summary>
    [IngestFact]
    public void ABadRecordWhereThePolicyIsToPause()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("pause", 1);
        List<Produced> records = [.. source.Send(topic, 1, SampleEvents.Make(seed: 109, count: 30))];
        records.Add(source.SendBad(topic, 0, "{\"id\": 1"u8.ToArray()));
        records.AddRange(source.Send(topic, 1, SampleEvents.Make(seed: 110, count: 30, firstId: 30)));
        using var ingest = Ingest.Start(workspace, WithSide(source, topic, out var side, "dead_letter = pause"));
        PausesAlone(ingest, source, side, "bad-record");
        Assert.Contains($"{topic}[0]", ingest.Log, StringComparison.Ordinal);
        Resume(ingest, "bad-record");
        ingest.WaitForOffsets("events", 61);
        Assert.Equal(0, ingest.Stop());
        Scenario.Judge(Table, records);
    }

    /// <summary>A configuration with a second table, which nothing happens to.</summary>
    private string WithSide(Source source, string topic, out string side, string table = "", string kafka = "")
    {
        side = source.NewTopic("side", 1);
        return Scenario.Config(workspace, Kafka.Brokers, topic, kafka: kafka, table: table) + $"\n[table.side]\ntopics = {side}\ncolumns = '{SampleEvents.Columns}'";
    }

    private static void PausesAlone(Ingest ingest, Source source, string side, string reason)
    {
        ingest.WaitForPause("events", reason);
        Assert.Contains($"k2i_table_paused{{table=\"events\",reason=\"{reason}\"}} 1", ingest.Get("/metrics").Body, StringComparison.Ordinal);
        ingest.Wait("the log tells the reason", _ => ingest.Log.Contains($"reason={reason}", StringComparison.Ordinal));
        source.Send(side, 1, SampleEvents.Make(seed: 100, count: 10));
        ingest.WaitForOffsets("side", 10);
    }

    private static void Resume(Ingest ingest, string reason)
    {
        Tool.Run(Needs.Binary, ["resume", "events", "--config", ingest.ConfigFile, "--accept", "incompatible-schema"]).Expect(2);
        Tool.Run(Needs.Binary, ["resume", "events", "--config", ingest.ConfigFile, "--accept", reason]).Expect(0);
    }
}
