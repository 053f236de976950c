using System.Text;
using Confluent.Kafka;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Records of Avro whose schema changes while the program is killed and started again.</summary>
public sealed class AvroTests : IDisposable
{
    private const int Rounds = 4, InRound = 3_000;

    private static readonly string[] Schemas =
    [
        """{"type":"record","name":"E","fields":[{"name":"id","type":"int"},{"name":"who","type":"string"}]}""",
        """
        {"type":"record","name":"E","fields":[{"name":"id","type":"long"},{"name":"who","type":"string"},
        {"name":"city","type":["null","string"],"default":null}]}
        """,
        """
        {"type":"record","name":"E","fields":[{"name":"id","type":"long"},{"name":"name","type":"string","aliases":["who"]},
        {"name":"tags","type":{"type":"array","items":"string"}}]}
        """,
    ];

    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void KilledWhileSchemasChangeEveryOffsetIsThereOnce()
    {
        using var registry = new SchemasById(Schemas);
        using var kafka = RealKafka.Start("--set", "auto.create.topics.enable=false");
        using var source = new Source(kafka.Brokers);
        var topic = source.NewTopic("avro", 2);
        var config = $"""
            [kafka]
            brokers = {kafka.Brokers}
            instance_id = host-1
            [registry]
            url = {registry.Url}
            [iceberg]
            warehouse = {workspace.Warehouse}
            [flush]
            interval = 300ms
            [table.events]
            topics = {topic}
            format = avro
            """;
        Dictionary<string, (long Id, string Name)> expected = new(StringComparer.Ordinal);
        for (var round = 0; round < Rounds; round++)
        {
            // Producers roll: from the second round on each schema takes turns with those before it.
            Produce(kafka.Brokers, topic, round, expected);
            using var ingest = Ingest.Start(workspace, config);
            ingest.WaitForOffsets("events", round == Rounds - 1 ? expected.Count : 10 + (round * InRound));
            if (round == Rounds - 1) Assert.Equal(0, ingest.Stop());
            else ingest.Kill();
            // What it knew is on disk.
            if (round == 2) registry.Dispose();
        }
        var table = workspace.Table("events");
        Judges.Check(table);
        Judges.EveryOffsetOnce(table, [.. Enumerable.Range(0, 2).Select(p => new OffsetRange(topic, p, 0, Rounds * InRound / 2))]);
        var rows = Judges.Rows(Reader.IcebergJava, table);
        Assert.Equal(expected.Count, rows.Count);
        foreach (var row in rows)
        {
            var (id, name) = expected[Produced.Identity(row)];
            Assert.Equal((id, name), (row.GetProperty("id").GetInt64(), row.GetProperty("name").GetString()));
        }
    }

    private static void Produce(string brokers, string topic, int round, Dictionary<string, (long Id, string Name)> expected)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = brokers }).Build();
        for (var i = 0; i < InRound; i++)
        {
            var (partition, schema, id) = (i % 2, i % Math.Min(round + 1, Schemas.Length), (round * InRound) + i);
            var name = $"n{id}";
            List<byte> value = [0, 0, 0, 0, (byte)(schema + 1)];
            Number(value, id);
            Text(value, name);
            if (schema == 1) Number(value, 0);
            if (schema == 2) value.Add(0);
            expected[$"{topic}:{partition}:{((round * InRound) + i) / 2}"] = (id, name);
            producer.Produce(new TopicPartition(topic, partition), new() { Value = [.. value] }, r =>
                Assert.False(r.Error.IsError, r.Error.Reason));
        }
        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(60)));
    }

    private static void Text(List<byte> bytes, string text)
    {
        Number(bytes, text.Length);
        bytes.AddRange(Encoding.UTF8.GetBytes(text));
    }

    private static void Number(List<byte> bytes, long value)
    {
        for (var bits = (ulong)value << 1; ; bits >>= 7)
        {
            bytes.Add((byte)(bits < 0x80 ? bits : bits | 0x80));
            if (bits < 0x80) return;
        }
    }
}
