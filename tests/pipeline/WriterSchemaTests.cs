using System.Text.Json;
using K2I.Base;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Kafka;

namespace K2I.Pipeline.Tests;

/// <summary>Records that name the schemas which they were written with.</summary>
public sealed class WriterSchemaTests : IDisposable
{
    private const string First = """{"type":"record","name":"E","fields":[{"name":"id","type":"int"},{"name":"who","type":"string"}]}""";

    private const string Second = """
        {"type":"record","name":"E","fields":[{"name":"id","type":"long"},
        {"name":"name","type":["null","string"],"aliases":["who"],"default":null},
        {"name":"city","type":["null","string"],"default":null}]}
        """;

    private readonly EngineFixture fixture = new();
    private readonly FakeSchemas schemas = new();

    public WriterSchemaTests() => schemas.Add(1, First);

    [Fact]
    public void ANewSchemaChangesTheTableAndOldRecordsStayWelcome()
    {
        schemas.Add(2, Second);
        Produce(0, FakeSchemas.Record(1, 1, "ann"), FakeSchemas.Record(2, long.MaxValue, 1, "bob", 1, "Ulm"),
            FakeSchemas.Record(1, 3, "cid"), FakeSchemas.Record(2, 4, 0, 0));
        using var engine = Start(Events());
        engine.WaitFor("events", t => t.RowsCommitted == 4);
        var metadata = fixture.Load("default.events").Metadata;
        Assert.Equal("id: long!, name: string, city: string",
            ColumnText.Format(metadata.CurrentSchema.Fields.Where(f => f.Name != "_kafka")));
        Assert.Equal(2, metadata.Schemas.Length);
        Assert.Equal("schema 2 (events-value, version 2)", metadata.Properties[K2IKeys.WriterSchema]);
        Assert.Equal("""{"0":{"who":2}}""", metadata.Properties[K2IKeys.FormerNames]);
        string[] rows = ["1 ann ", "9223372036854775807 bob Ulm", "3 cid ", "4  "];
        Assert.Equal(rows, fixture.Rows("default.events").OrderBy(OffsetOf).Select(Shown));
        Assert.Empty(fixture.DeadLetters("events"));
    }

    [Fact]
    public void WhatAnotherEngineRenamedOrDroppedIsFollowed()
    {
        schemas.Add(3, """
            {"type":"record","name":"E","fields":[{"name":"id","type":"int"},{"name":"who","type":"string"},
            {"name":"city","type":["null","string"],"default":null}]}
            """);
        schemas.Add(4, """
            {"type":"record","name":"E","fields":[{"name":"id","type":"int"},{"name":"who","type":"string"},
            {"name":"city","type":["null","string"],"default":null},{"name":"zip","type":["null","int"],"default":null}]}
            """);
        Produce(0, FakeSchemas.Record(3, 1, "ann", 1, "Ulm"));
        using (var engine = Start(Events()))
        {
            engine.WaitFor("events", t => t.RowsCommitted == 1);
            Change(new UpdateSchema().Rename("who", "name"));
            Change(new UpdateSchema().Drop("city"));
            Produce(0, FakeSchemas.Record(3, 2, "bob", 1, "Ulm"));
            engine.WaitFor("events", t => t.RowsCommitted == 2);
            // What the first commit after it told the engine.
            Produce(0, FakeSchemas.Record(3, 3, "cid", 0), FakeSchemas.Record(4, 4, "dan", 0, 1, 89073));
            engine.WaitFor("events", t => t.RowsCommitted == 4);
        }
        var metadata = fixture.Load("default.events").Metadata;
        Assert.Equal("id: int!, name: string!, zip: int", ColumnText.Format(metadata.CurrentSchema.Fields.Where(f => f.Name != "_kafka")));
        Assert.Equal("""{"0":{"city":3,"who":2}}""", metadata.Properties[K2IKeys.FormerNames]);
        Produce(0, FakeSchemas.Record(1, 5, "eve"));
        using (var engine = Start(Events())) engine.WaitFor("events", t => t.RowsCommitted == 1);
        string[] names = ["1 ann", "2 bob", "3 cid", "4 dan", "5 eve"];
        Assert.Equal(names, fixture.Rows("default.events").OrderBy(OffsetOf).Select(r =>
        {
            using var json = JsonDocument.Parse(r);
            return $"{json.RootElement.GetProperty("id")} {json.RootElement.GetProperty("name")}";
        }));
        Assert.Empty(fixture.DeadLetters("events"));
    }

    [Fact]
    public void FieldsThatCannotBeTogetherInATableAreSaidAndDoNotStopIt()
    {
        schemas.Add(5, """
            {"type":"record","name":"E","fields":[{"name":"id","type":"int"},{"name":"ID","type":"int"},{"name":"_kafka","type":"int"}]}
            """);
        fixture.Broker.CreateTopic("events", 1);
        Produce(0, FakeSchemas.Record(5, 1, 2, 3), FakeSchemas.Record(1, 4, "a"));
        using var engine = Start(Events());
        engine.WaitFor("events", t => t.RowsCommitted == 1 && t.Partitions is [{ CommittedOffset.Value: 2 }]);
        Assert.Contains("differs from 'id' in case only", Assert.Single(fixture.DeadLetters("events")), StringComparison.Ordinal);
    }

    [Fact]
    public void APartitionWaitsForItsSchemaAndOthersGoOn()
    {
        fixture.Broker.CreateTopic("events", 2);
        Produce(0, FakeSchemas.Record(1, 1, "a"), FakeSchemas.Record(FakeSchemas.Away, 2, 0, 0), FakeSchemas.Record(1, 3, "c"));
        Produce(1, FakeSchemas.Record(1, 11, "k"), FakeSchemas.Record(1, 12, "l"));
        schemas.Trouble = "no answer";
        using var engine = Start(Events());
        var status = engine.WaitFor("events", t => t.RowsCommitted == 3 && t.Detail.Contains("wait for schema", StringComparison.Ordinal));
        Assert.Equal("1 of 2 partitions wait for schema 1000: no answer", status.Detail);
        Assert.Equal(1, status.Partitions.Single(p => p.Partition == 0).CommittedOffset.Value);
        Produce(1, FakeSchemas.Record(1, 13, "m"));
        engine.WaitFor("events", t => t.RowsCommitted == 4);
        schemas.Add(FakeSchemas.Away, Second);
        schemas.Trouble = null;
        status = engine.WaitFor("events", t => t.RowsCommitted == 6 && t.Detail.Length == 0);
        Assert.Equal(3, status.Partitions.Single(p => p.Partition == 0).CommittedOffset.Value);
        Assert.Equal(["1", "11", "12", "13", "2", "3"], fixture.Rows("default.events").Select(r =>
            r[6..r.IndexOf(',')]).Order(StringComparer.Ordinal));
        Assert.Empty(fixture.DeadLetters("events"));
    }

    [Fact]
    public void WhatCannotBeReadIsADeadLetterThatSaysWhy()
    {
        schemas.Add(3, """{"type":"record","name":"E","fields":[{"name":"id","type":"string"}]}""");
        fixture.Broker.CreateTopic("events", 1);
        schemas.Add(4, """{"type":"record","name":"Tree","fields":[{"name":"id","type":"int"},{"name":"left","type":["null","Tree"]}]}""");
        Produce(0, FakeSchemas.Record(1, 1, "a"), FakeSchemas.Record(77, 1), "{}"u8.ToArray(), FakeSchemas.Record(3, "x"),
            FakeSchemas.Record(4, 1, 0),
            FakeSchemas.Record(1, 1), [.. "Obj\u0001"u8, 1, 2], FakeSchemas.Record(1, 2, "b"));
        using var engine = Start(Events());
        engine.WaitFor("events", t => t.RowsCommitted == 2 && t.Partitions is [{ CommittedOffset.Value: 8 }]);
        string[] reasons =
        [
            "there is no schema 77", "it looks like JSON", "column id is int, and field id is string", "type Tree contains itself",
                "no value of its schema at byte",
            "Avro object container file",
        ];
        var letters = fixture.DeadLetters("events");
        Assert.Equal(reasons.Length, letters.Length);
        foreach (var (reason, letter) in reasons.Zip(letters)) Assert.Contains(reason, letter, StringComparison.Ordinal);
    }

    [Fact]
    public void AFieldThatDoesNotFitGetsAColumnOfItsOwnOrStopsTheTableWhereThatIsAsked()
    {
        schemas.Add(3, """{"type":"record","name":"E","fields":[{"name":"id","type":"string"}]}""");
        Produce(0, FakeSchemas.Record(1, 1, "a"), FakeSchemas.Record(3, "x"));
        using (var engine = Start(Events() with { OnIncompatible = OnIncompatible.NewColumn })) engine.WaitFor("events", t =>
            t.RowsCommitted == 2);
        Assert.Equal("id: int, who: string, id_v2: string",
            ColumnText.Format(fixture.Load("default.events").Metadata.CurrentSchema.Fields.Where(f => f.Name != "_kafka")));
        using var paused = Start(Events() with { Name = "other", OnIncompatible = OnIncompatible.Pause });
        var status = paused.WaitFor("other", t => t.State == TableState.Paused);
        Assert.Contains("column id is int, and field id is string", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void RowsThatOnlyTheLogHoldsAreDecodedAgainByTheirOwnSchemas()
    {
        fixture.Broker.CreateTopic("events", 1);
        schemas.Add(2, Second);
        Produce(0, FakeSchemas.Record(1, 1, "a"));
        var options = fixture.Options(Events());
        using (var engine = fixture.Start(options, Services(options))) engine.WaitFor("events", t => t.RowsCommitted == 1);
        var slow = fixture.Options(Events() with { Flush = new() { AgeMs = 600_000 } });
        Action crash;
        using (var engine = fixture.Start(slow, Services(slow)))
        {
            Produce(0, FakeSchemas.Record(1, 2, "b"), FakeSchemas.Record(2, 3, 1, "c", 0));
            engine.WaitFor("events", t => t.Rows == 2);
            engine.WaitUntilSynced();
            crash = fixture.CrashImage(slow);
        }
        crash();
        using var again = fixture.Start(options, Services(options));
        again.WaitFor("events", t => t.Partitions is [{ CommittedOffset.Value: 3 }]);
        Assert.Equal(["1", "2", "3"], fixture.Rows("default.events").Select(r => r[6..r.IndexOf(',')]).Order(StringComparer.Ordinal));
    }

    public void Dispose() => fixture.Dispose();

    private static TableOptions Events() => new()
    {
        Name = "events",
        Topics = ["events"],
        Format = RecordFormat.Avro,
        UnknownFields = UnknownFields.Evolve,
        Flush = new() { AgeMs = 200 },
    };

    private void Change(TableAction action)
    {
        var services = EngineFixture.Services(fixture.Options());
        new TableCommitter(services.Catalog, services.Objects).Commit(TableIdent.Parse("default.events"), action);
    }

    private static string Shown(string row)
    {
        using var json = JsonDocument.Parse(row);
        var root = json.RootElement;
        return $"{root.GetProperty("id")} {root.GetProperty("name")} {root.GetProperty("city")}";
    }

    private static long OffsetOf(string row)
    {
        var at = row.IndexOf("\"offset\":", StringComparison.Ordinal) + 9;
        return long.Parse(row[at..row.IndexOf(',', at)]);
    }

    private EngineServices Services(EngineOptions options) => EngineFixture.Services(options) with { Schemas = schemas };

    private RunningEngine Start(TableOptions table)
    {
        var options = fixture.Options(table);
        return fixture.Start(options, Services(options));
    }

    private void Produce(int partition, params byte[][] values)
    {
        using var producer = new KafkaProducer(new() { Client = new() { Brokers = fixture.Broker.BootstrapServers } }, NullLog.Instance);
        foreach (var value in values) producer.Produce(new() { Topic = "events", Partition = partition, Value = value });
        Assert.True(producer.Flush(30_000));
        Assert.Equal(0, producer.Failed);
    }
}
