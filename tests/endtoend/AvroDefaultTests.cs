using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Defaults of fields that a later Avro schema has: rows written before have them, whoever reads.</summary>
[Collection(SharedBroker.Collection)]
public sealed class AvroDefaultTests(SharedBroker broker) : IDisposable
{
    private const string First = """{"type":"record","name":"E","fields":[{"name":"id","type":"int"}]}""";

    /// <summary>Name, type, default, the default as Iceberg Java shows it, and a value as Avro has it in bytes.</summary>
    private static readonly (string Name, string Type, string Default, string Shown, byte[] Value)[] Fields =
    [
        ("flag", "\"boolean\"", "true", "true", [0]),
        ("count", "\"int\"", "-7", "-7", [0]),
        ("total", "\"long\"", "12345678901", "12345678901", [0]),
        ("ratio", "\"float\"", "0.5", "0.5", [0, 0, 0, 0]),
        ("amount", "\"double\"", "-1.25", "-1.25", [0, 0, 0, 0, 0, 0, 0, 0]),
        ("city", "\"string\"", "\"Åbo\"", "\"Åbo\"", [0]),
        ("kind", """{"type":"enum","name":"K","symbols":["A","B"]}""", "\"B\"", "\"B\"", [0]),
        ("raw", "\"bytes\"", "\"\\u0000ÿ\"", "\"00ff\"", [0]),
        ("four", """{"type":"fixed","name":"F","size":4}""", "\"abcd\"", "\"61626364\"", [0, 0, 0, 0]),
        ("price", """{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}""", "\"ÿ\\u0085\"", "\"-1.23\"", [2, 0]),
        ("day", """{"type":"int","logicalType":"date"}""", "19000", "\"2022-01-08\"", [0]),
        ("noon", """{"type":"int","logicalType":"time-millis"}""", "43200001", "\"12:00:00.001000\"", [0]),
        ("seen", """{"type":"long","logicalType":"timestamp-millis"}""", "1650000000001",
            "\"2022-04-15T05:20:00.001000+00:00\"", [0]),
        ("local", """{"type":"long","logicalType":"local-timestamp-micros"}""", "1650000000000001",
            "\"2022-04-15T05:20:00.000001\"", [0]),
        ("who", """{"type":"string","logicalType":"uuid"}""", "\"0f8fad5b-d9cb-469f-a165-70867728950e\"",
            "\"0f8fad5b-d9cb-469f-a165-70867728950e\"", [72, .. "00000000-0000-0000-0000-000000000000"u8]),
        ("maybe", """["int","null"]""", "3", "3", [2]),
    ];

    private static readonly string Second = $$"""
        {"type":"record","name":"E","fields":[{"name":"id","type":"int"},{{string.Join(',', Fields.Select(f =>
            $$"""{"name":"{{f.Name}}","type":{{f.Type}},"default":{{f.Default}}}"""))}}]}
        """;

    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void RowsWrittenBeforeHaveThemInMemoryInFilesAndForIcebergJava()
    {
        using var registry = new SchemasById(First, Second);
        using var source = new Source(broker.Kafka.Brokers);
        var topic = source.NewTopic("defaults", 1);
        using var ingest = Ingest.Start(workspace, $"""
            [kafka]
            brokers = {broker.Kafka.Brokers}
            instance_id = host-1
            [registry]
            url = {registry.Url}
            [iceberg]
            warehouse = {workspace.Warehouse}
            format_version = 3
            [flush]
            interval = 300ms
            [table.events]
            topics = {topic}
            format = avro
            """);
        Produce(topic, [0, 0, 0, 0, 1, 2]);
        ingest.WaitForOffsets("events", 1);
        Produce(topic, [0, 0, 0, 0, 2, 4, .. Fields.SelectMany(f => f.Value)]);
        ingest.WaitForOffsets("events", 2);
        Produce(topic, [0, 0, 0, 0, 1, 6]);
        ingest.WaitForOffsets("events", 3);
        var config = ingest.ConfigFile;
        Assert.Equal(0, ingest.Stop());

        var table = workspace.Table("events");
        Judges.Check(table);
        var rows = Judges.Rows(Reader.IcebergJava, table).ToDictionary(r => r.GetProperty("id").GetInt32());
        Assert.Equal([1, 2, 3], rows.Keys.Order());
        foreach (var id in (int[])[1, 3])
            foreach (var field in Fields)
                Assert.Equal($"{id} {field.Name} {field.Shown}", $"{id} {field.Name} {Shown(rows[id].GetProperty(field.Name))}");
        foreach (var field in Fields) Assert.NotEqual(field.Shown, Shown(rows[2].GetProperty(field.Name)));

        var own = Tool.Run(Needs.Binary, ["tables", "read", "events", "--config", config, "--format", "json"]).Expect(0).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)
            .ToDictionary(r => r.GetProperty("id").GetInt32());
        foreach (var (name, _, _, _, _) in Fields) Assert.Equal(Of(1, name), Of(3, name));
        Assert.Equal(("-7", "\"Åbo\"", "\"B\""), (Of(1, "count"), Of(1, "city"), Of(1, "kind")));

        string Of(int id, string name) => Shown(own[id].GetProperty(name));
    }

    private static string Shown(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? $"\"{value.GetString()}\"" : value.GetRawText();

    private void Produce(string topic, byte[] value)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = broker.Kafka.Brokers }).Build();
        producer.ProduceAsync(new TopicPartition(topic, 0), new() { Value = value }).Wait();
    }
}
