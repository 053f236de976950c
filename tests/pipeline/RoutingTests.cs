using System.Text;
using K2I.Base;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Kafka;

namespace K2I.Pipeline.Tests;

/// <summary>Records that go to tables by the value of a field.</summary>
public sealed class RoutingTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    public void Dispose() => fixture.Dispose();

    [Fact]
    public void EachRecordIsInTheTableOfItsValueOnceAndOthersAreDeadLetters()
    {
        fixture.Broker.CreateTopic("events", 3);
        string[] kinds = ["\"click\"", "\"view\"", "7", "true"];
        for (var p = 0; p < 3; p++) Produce(p, 0, 80, i => kinds[i % 4]);
        fixture.Produce("events", 1, Record(9_000, "null"), """{"id":9001}""", "no json", Record(9_003, "{\"a\":1}"),
            Record(9_004, "\"\""), null, Record(9_005, "\"CLICK\""),
            Record(9_006, "\"late.comer\""), Record(9_007, "\"too many\""), Record(9_008, "\"click\""));
        using (var engine = fixture.Start(fixture.Options(Events() with { Routing = Routing with { MaxTables = 5 } })))
            engine.WaitFor("events", t =>
                t.Partitions.All(p => p.NextOffset.Value == (p.Partition == 1 ? 90 : 80)) && t.DeadLetters.Values.Sum() == 8);
        Assert.Equal(["events_7", "events_click", "events_late_comer", "events_true", "events_view"], Tables());
        Assert.Equal(61, Rows("events_click").Length);
        Assert.Equal(60, Rows("events_view").Length);
        Assert.Equal(60, Rows("events_7").Length);
        Assert.Equal(60, Rows("events_true").Length);
        Assert.Contains("9006", Assert.Single(Rows("events_late_comer")), StringComparison.Ordinal);
        Assert.Equal(242, Tables().SelectMany(Rows).Distinct().Count());
        Assert.Empty(fixture.Rows("default.events"));
        var letters = fixture.DeadLetters("events");
        Assert.Equal(8, letters.Length);
        foreach (var why in new[]
        {
            "the record has no value in it", "its value is no text", "its value is an empty text", "the record has no value",
            "kind is 'CLICK': its table would be events_click", "kind is 'too many': there are 5 tables already"
        })
            Assert.Contains(letters, l => l.Contains(why, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(RecordFormat.Avro)]
    [InlineData(RecordFormat.Protobuf)]
    [InlineData(RecordFormat.JsonSchema)]
    public void RecordsThatNameTheirSchemasGoByAFieldToo(RecordFormat format)
    {
        fixture.Broker.CreateTopic("events", 1);
        var schemas = new FakeSchemas();
        schemas.Add(1, format switch
        {
            RecordFormat.Avro => """
                {"type":"record","name":"E","fields":[{"name":"id","type":"long"},
                  {"name":"head","type":{"type":"record","name":"H","fields":[
                    {"name":"kind","type":{"type":"enum","name":"K","symbols":["A","B"]}}]}}]}
                """,
            RecordFormat.Protobuf => """
                syntax = "proto3"; message E { int64 id = 1; H head = 2; } message H { optional K kind = 1; } enum K { A = 0; B = 1; }
                """,
            _ => """
                {"type":"object","properties":{"id":{"type":"integer"},"head":{"type":"object","properties":{"kind":{"enum":["A","B"]}}}}}
                """,
        }, format switch
        {
            RecordFormat.Avro => SchemaLanguage.Avro,
            RecordFormat.Protobuf => SchemaLanguage.Protobuf,
            _ => SchemaLanguage.Json,
        });
        byte[] Of(int id, int kind) => format switch
        {
            RecordFormat.Avro => FakeSchemas.Record(1, id, kind),
            RecordFormat.Protobuf => [0, 0, 0, 0, 1, 0, 8, (byte)id, 18, 2, 8, (byte)kind],
            _ => [0, 0, 0, 0, 1, .. Encoding.UTF8.GetBytes($"{{\"id\":{id},\"head\":{{\"kind\":\"{(kind == 0 ? 'A' : 'B')}\"}}}}")],
        };
        Produce([.. Enumerable.Range(0, 50).Select(i => Of(i, i % 2)), [0, 0, 0, 0, 1, 255]]);
        var options = fixture.Options(Events() with
        {
            Format = format,
            Columns = null,
            UnknownFields = UnknownFields.Evolve,
            Routing = Routing with { Field = "head.kind" }
        });
        using (var engine = fixture.Start(options, EngineFixture.Services(options) with { Schemas = schemas }))
            engine.WaitFor("events", t => t.Partitions is [{ NextOffset.Value: 51 }]);
        Assert.Equal(25, Rows("events_a").Distinct().Count());
        Assert.Equal(25, Rows("events_b").Distinct().Count());
        Assert.All(Rows("events_a"), r => Assert.Contains("\"head\":{\"kind\":\"A\"}", r, StringComparison.Ordinal));
        Assert.Single(fixture.DeadLetters("events"));
    }

    [Fact]
    public void ARecordWhoseSchemaIsAwayHoldsItsPartitionAndNoneIsLost()
    {
        fixture.Broker.CreateTopic("events", 1);
        var schemas = new FakeSchemas();
        const string Schema = """
            {"type":"record","name":"E","fields":[{"name":"id","type":"long"},{"name":"kind","type":"string"}]}
            """;
        schemas.Add(1, Schema);
        Produce([.. Enumerable.Range(0, 60).Select(i =>
            FakeSchemas.Record(i % 20 == 10 ? FakeSchemas.Away : 1, i, i % 2 == 0 ? "a" : "b"))]);
        var options = fixture.Options(Events() with { Format = RecordFormat.Avro, Columns = null, UnknownFields = UnknownFields.Evolve });
        using (var engine = fixture.Start(options, EngineFixture.Services(options) with { Schemas = schemas }))
        {
            engine.WaitFor("events_a", t => t.RowsCommitted == 5);
            engine.WaitFor("events_b", t => t.RowsCommitted == 5);
            schemas.Add(FakeSchemas.Away, Schema);
            engine.WaitFor("events", t => t.Partitions is [{ NextOffset.Value: 60 }]);
        }
        Assert.Equal((30, 30), (Rows("events_a").Distinct().Count(), Rows("events_b").Distinct().Count()));
    }

    [Fact]
    public void AfterACrashEachTableGoesOnFromItsOwnOffsets()
    {
        fixture.Broker.CreateTopic("events", 2);
        var options = fixture.Options(Events() with { Flush = new() { Rows = 70, AgeMs = 3_600_000 } });
        Action crash;
        for (var p = 0; p < 2; p++) Produce(p, 0, 300, i => $"\"k{i % 3}\"");
        using (var engine = fixture.Start(options))
        {
            for (var k = 0; k < 3; k++) engine.WaitFor($"events_k{k}", t => t.Rows == 200);
            engine.WaitUntilSynced();
            crash = fixture.CrashImage(options);
        }
        crash();
        Directory.Delete(Path.Combine(options.DataDirectory, "wal"), recursive: true);
        for (var p = 0; p < 2; p++) fixture.Produce("events", p, Record((p * 1_000) + 300, "\"k0\""), Record((p * 1_000) + 301, "\"new\""));
        using (var again = fixture.Start(options))
            again.WaitFor("events", t => t.Partitions.Length == 2 && t.Partitions.All(p => p.NextOffset.Value == 302));
        Assert.Equal(["events_k0", "events_k1", "events_k2", "events_new"], Tables());
        Assert.Equal(604, Tables().SelectMany(Rows).Distinct().Count());
        Assert.Equal(604, Tables().SelectMany(Rows).Count());
    }

    [Fact]
    public void TwoProcessesOfOneGroupMakeTheSameTables()
    {
        fixture.Broker.CreateTopic("events", 4);
        for (var p = 0; p < 4; p++) Produce(p, 0, 200, i => $"\"k{i % 5}\"");
        var options = fixture.Options(Events() with { Start = StartPosition.Earliest });
        using (var first = fixture.Start(options with { Lanes = 2 }))
        using (var second = fixture.Start(options with { DataDirectory = Path.Combine(fixture.Folder, "other") }))
        {
            for (var p = 0; p < 4; p++) Produce(p, 200, 200, i => $"\"k{i % 7}\"");
            Wait(() => Tables().Length == 7 && Tables().Sum(t => Rows(t).Length) == 1_600);
        }
        Assert.Equal(1_600, Tables().SelectMany(Rows).Distinct().Count());
    }

    [Fact]
    public void ColumnsOfEachTableAreInferredFromItsOwnRecords()
    {
        fixture.Broker.CreateTopic("events", 1);
        fixture.Produce("events", 0, """{"kind":"a","x":1}""", """{"kind":"b","y":"two"}""", """{"kind":"a","x":3}""");
        using (var engine = fixture.Start(fixture.Options(Events() with { Columns = null })))
        {
            engine.WaitFor("events", t => t.Partitions is [{ NextOffset.Value: 3 }]);
            // What the configuration says once more changes nothing of the tables that it did not name.
            var same = engine.Apply([Events() with { Columns = null }], []);
            Assert.Empty(same.Added.Concat(same.Changed).Concat(same.Removed));
            var others = engine.Apply([Events() with { Columns = null, MaxDepth = 9 }], []);
            Assert.Equal(["events", "events_a", "events_b"], others.Changed.Order());
            fixture.Produce("events", 0, """{"kind":"a","x":4}""");
            engine.WaitFor("events", t => t.Partitions is [{ NextOffset.Value: 4 }]);
        }
        Assert.Equal(3, Rows("events_a").Length);
        Assert.Contains("\"y\":\"two\"", Assert.Single(Rows("events_b")), StringComparison.Ordinal);
        Assert.DoesNotContain("\"x\"", Rows("events_b")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void LatestIsDecidedForTheHomeAndTablesBeginThere()
    {
        fixture.Broker.CreateTopic("events", 1);
        fixture.Produce("events", 0, Record(1, "\"a\""), Record(2, "\"b\""));
        using (var engine = fixture.Start(fixture.Options(Events() with { Start = StartPosition.Latest })))
        {
            engine.WaitFor("events", t => t.Partitions is [{ NextOffset.Value: 2 }]);
            fixture.Produce("events", 0, Record(3, "\"b\""), Record(4, "\"a\""));
            engine.WaitFor("events", t => t.Partitions is [{ NextOffset.Value: 4 }]);
        }
        Assert.Contains("\"id\":4", Assert.Single(Rows("events_a")), StringComparison.Ordinal);
        Assert.Contains("\"id\":3", Assert.Single(Rows("events_b")), StringComparison.Ordinal);
    }

    private static TableRouting Routing => new() { Field = "kind", Table = "events_${value}" };

    private static TableOptions Events() => new()
    {
        Name = "events",
        Topics = ["events"],
        Columns = "id: long!",
        Routing = Routing,
        Flush = new() { AgeMs = 200, Bytes = 1 << 20, Rows = 1_000 },
    };

    private static string Record(int id, string kind) => $$"""{"id":{{id}},"kind":{{kind}}}""";

    private void Produce(int partition, int from, int count, Func<int, string> kind) => fixture.Produce("events", partition,
        [.. Enumerable.Range(from, count).Select(i => Record((partition * 1_000) + i, kind(i)))]);

    private void Produce(byte[][] values)
    {
        using var producer = new KafkaProducer(new() { Client = new() { Brokers = fixture.Broker.BootstrapServers } }, NullLog.Instance);
        foreach (var value in values) producer.Produce(new() { Topic = "events", Partition = 0, Value = value });
        Assert.True(producer.Flush(30_000));
    }

    private string[] Tables() => [.. EngineFixture.Services(fixture.Options()).Catalog.ListTables(["default"]).Select(t => t.Name)
        .Where(t => t.StartsWith("events_", StringComparison.Ordinal) && !t.EndsWith(DeadLetterTable.Suffix, StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)];

    private string[] Rows(string table) => fixture.Rows($"default.{table}");

    private static void Wait(Func<bool> condition)
    {
        for (var deadline = Environment.TickCount64 + 120_000; !condition(); Thread.Sleep(100))
            Assert.True(Environment.TickCount64 < deadline, "waited in vain");
    }
}
