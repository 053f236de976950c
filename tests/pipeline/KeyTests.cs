using System.Text;
using K2I.Base;
using K2I.Decode;
using K2I.Kafka;

namespace K2I.Pipeline.Tests;

/// <summary>Keys that have fields, and what columns come of them.</summary>
public sealed class KeyTests : IDisposable
{
    private const string Schema = """
        {"type":"record","name":"K","fields":[{"name":"id","type":"long"},{"name":"part","type":"string"}]}
        """;

    private readonly EngineFixture fixture = new();
    private readonly FakeSchemas schemas = new();

    public void Dispose() => fixture.Dispose();

    [Theory]
    [InlineData(KeyForm.Avro, KeyShape.Flat, null)]
    [InlineData(KeyForm.Avro, KeyShape.Struct, "n: long!")]
    [InlineData(KeyForm.Protobuf, KeyShape.Flat, "n: long!")]
    [InlineData(KeyForm.Json, KeyShape.Flat, null)]
    public void FieldsOfKeysAreColumnsWhateverTheValueIs(KeyForm form, KeyShape shape, string? columns)
    {
        fixture.Broker.CreateTopic("orders", 1);
        schemas.Add(1, form == KeyForm.Avro ? Schema : "syntax = \"proto3\"; message K { int64 id = 1; string part = 2; }",
            form == KeyForm.Avro ? SchemaLanguage.Avro : SchemaLanguage.Protobuf);
        byte[] Key(int id) => form switch
        {
            KeyForm.Avro => FakeSchemas.Record(1, id, $"p{id}"),
            KeyForm.Protobuf => [0, 0, 0, 0, 1, 0, 8, (byte)id, 18, 2, (byte)'p', (byte)('0' + id)],
            _ => Encoding.UTF8.GetBytes($"{{\"id\":{id},\"part\":\"p{id}\"}}"),
        };
        Produce((Key(1), """{"n":1}"""), (Key(2), """{"n":2}"""),
            (null, """{"n":3}"""), ([1, 2, 3], """{"n":4}"""), (Key(5), """{"n":5}"""));
        using (var engine = Start(Orders(form) with { KeyColumns = shape, Columns = columns }))
            engine.WaitFor("orders", t => t.RowsCommitted == 4 && t.DeadLetters.Values.Sum() == 1);
        string Row(int n, bool hasKey = true) => (shape == KeyShape.Struct
            ? hasKey ? $"\"key\":{{\"id\":{n},\"part\":\"p{n}\"}}" : "\"key\":null"
            : hasKey ? $"\"key_id\":{n},\"key_part\":\"p{n}\"" : "\"key_id\":null,\"key_part\":null");
        var rows = fixture.Rows("default.orders");
        foreach (var n in new[] { 1, 2, 3, 5 })
            Assert.Single(rows, r => Has(r, $"\"n\":{n}", Row(n, hasKey: n != 3)));
        Assert.Contains("of the key", Assert.Single(fixture.DeadLetters("orders")), StringComparison.Ordinal);
    }

    [Fact]
    public void RowsAreFoundByAKeysFieldAndANewOneIsAColumn()
    {
        fixture.Broker.CreateTopic("orders", 1);
        schemas.Add(1, Schema);
        schemas.Add(2, """
            {"type":"record","name":"K","fields":[{"name":"id","type":"long"},{"name":"part","type":"string"},
              {"name":"shard","type":"int","default":0}]}
            """);
        Produce((FakeSchemas.Record(1, 7, "a"), """{"n":1}"""));
        using var engine = Start(Orders(KeyForm.Avro) with { Columns = null, Key = ["key_id"] });
        engine.WaitFor("orders", t => t.RowsCommitted == 1);
        Produce((FakeSchemas.Record(2, 7, "a", 4), """{"n":2}"""), (FakeSchemas.Record(FakeSchemas.Away, 8, "b"), """{"n":3}"""));
        engine.WaitFor("orders", t => t.RowsCommitted == 2 && t.Detail.Contains("wait for schema", StringComparison.Ordinal));
        schemas.Add(FakeSchemas.Away, Schema);
        engine.WaitFor("orders", t => t.RowsCommitted == 3);
        var rows = fixture.Rows("default.orders");
        Assert.Single(rows, r => Has(r, "\"n\":2", "\"key_shard\":4"));
        Assert.Single(rows, r => Has(r, "\"key_id\":8", "\"key_shard\":null"));
    }

    [Fact]
    public void KeysMayHaveOneSchemaOfAFile()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "key.avsc");
        File.WriteAllText(file, "\"string\"");
        fixture.Broker.CreateTopic("orders", 1);
        Produce(([6, (byte)'a', (byte)'b', (byte)'c'], "free text"));
        using var engine = Start(Orders(KeyForm.Avro) with { Format = RecordFormat.String, Columns = null, KeySchemaFile = file });
        engine.WaitFor("orders", t => t.RowsCommitted == 1);
        Assert.Contains("\"key_value\":\"abc\"", Assert.Single(fixture.Rows("default.orders")), StringComparison.Ordinal);
    }

    private static bool Has(string row, params string[] parts) => Array.TrueForAll(parts, p => row.Contains(p, StringComparison.Ordinal));

    private static TableOptions Orders(KeyForm form) => new()
    {
        Name = "orders",
        Topics = ["orders"],
        KeyForm = form,
        Flush = new() { AgeMs = 200, Bytes = 1 << 20, Rows = 1_000 },
    };

    private RunningEngine Start(TableOptions table)
    {
        var options = fixture.Options(table);
        return fixture.Start(options, EngineFixture.Services(options) with { Schemas = schemas });
    }

    private void Produce(params (byte[]? Key, string Value)[] records)
    {
        using var producer = new KafkaProducer(new() { Client = new() { Brokers = fixture.Broker.BootstrapServers } }, NullLog.Instance);
        foreach (var (key, value) in records)
        {
            producer.Produce(new()
            {
                Topic = "orders",
                Key = key ?? [],
                HasKey = key is not null,
                Value = Encoding.UTF8.GetBytes(value),
            });
        }
        Assert.True(producer.Flush(30_000));
    }
}
