using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Other engines change the table while it is being written: each case has one outcome.</summary>
[Collection(SharedBroker.Collection)]
public sealed class OtherEngineTests(SharedBroker broker) : IDisposable
{
    private readonly Workspace workspace = new();
    private readonly List<Produced> records = [];

    private RealKafka Kafka => broker.Kafka;

    private string Table => workspace.Table("events");

    public void Dispose() => workspace.Dispose();

    /// <summary>Offsets are carried over whatever changes no rows of ours.</summary>
    [IngestFact]
    public void CompactionExpiryAndPropertiesCostNothing()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("upkeep", 2);
        using (var ingest = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic)))
        {
            Add(source, ingest, topic, 71);
            Add(source, ingest, topic, 72);
            Java("compact", Table);
            Add(source, ingest, topic, 73);
            Java("expire", Table, "--keep", "1");
            Add(source, ingest, topic, 74);
            Java("set", Table, "owner=someone");
            Add(source, ingest, topic, 75);
            Assert.Equal(0, ingest.Stop());
        }

        // Read again from what is left: the offsets have to be found although the snapshots that brought them are gone.
        Java("compact", Table);
        Java("expire", Table, "--keep", "1");
        using (var ingest = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic)))
        {
            Add(source, ingest, topic, 76);
            Assert.Equal(0, ingest.Stop());
        }

        Judges.Check(Table);
        Judges.EveryOffsetOnce(Table, Produced.Ranges(records));
        Comparison.AllReadersSee(Table, SampleEvents.SchemaWithKafka, Produced.Rows(records), Produced.Identity);
    }

    /// <summary>Rows that a rollback takes away are fetched again: the snapshot that is current says how far the table is.</summary>
    [IngestFact]
    public void WhatARollbackTookAwayComesBackOnce()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("rollback", 2);
        using (var ingest = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic)))
        {
            Add(source, ingest, topic, 81);
            Add(source, ingest, topic, 82);
            Java("rollback", Table, "--back", "1");
            records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: 83, count: 100, firstId: records.Count)));
            // What it believed to be committed is not: it has to look at the table again.
            ingest.Wait("it has noticed", _ => ingest.Log.Contains("rolled back", StringComparison.Ordinal));
            ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
            Assert.Equal(0, ingest.Stop());
        }

        Judges.Check(Table);
        Judges.EveryOffsetOnce(Table, Produced.Ranges(records));
        Comparison.AllReadersSee(Table, SampleEvents.SchemaWithKafka, Produced.Rows(records), Produced.Identity);
    }

    /// <summary>Rows of others stay beside ours.</summary>
    [IngestTheory]
    [InlineData("java")]
    [InlineData("python")]
    public void AppendsOfOthersGoBetweenOurs(string engine)
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("beside", 2);
        var rows = workspace.File("rows.jsonl", "{\"id\":-1}\n{\"id\":-2}\n");
        using (var ingest = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic)))
        {
            for (var round = 0; round < 3; round++)
            {
                Add(source, ingest, topic, 90 + round);
                if (engine == "java") Java("append", Table, "--from", rows);
                else Judges.Python.Run("op", "default.events", "append", "--rows", rows, "--catalog", "file", "--warehouse", workspace.Warehouse).Expect(0);
            }

            Add(source, ingest, topic, 95);
            Assert.Equal(0, ingest.Stop());
        }

        Judges.Check(Table);
        var all = Judges.Rows(Reader.IcebergJava, Table);
        Assert.Equal(6, all.Count(r => r.GetProperty("id").GetInt64() < 0));
        Assert.Equal(records.Select(r => (r.Partition, r.Offset)).Order(), all.Where(r => r.GetProperty("id").GetInt64() >= 0).Select(r => r.GetProperty("_kafka"))
            .Select(k => (k.GetProperty("partition").GetInt32(), k.GetProperty("offset").GetInt64())).Order());
    }

    private void Add(Source source, Ingest ingest, string topic, int seed)
    {
        records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed, count: 100, firstId: records.Count)));
        ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
    }

    private static void Java(string operation, params string[] arguments) => Judges.Java.Run(["op", operation, .. arguments]).Expect(0);
}
