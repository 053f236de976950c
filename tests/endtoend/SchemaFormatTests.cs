using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Protobuf by a <c>.proto</c> text, which the binary parses itself, and Connect's JSON, killed half way.</summary>
public sealed class SchemaFormatTests : IDisposable
{
    private const int Half = 2_000;
    private const string MaskKey = "0123456789abcdef";

    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void ProtobufAndConnectsJsonAreInTheirTablesOnceAfterAKill()
    {
        var schema = workspace.File("event.proto", """
            edition = "2023";
            package shop;
            import "google/protobuf/timestamp.proto";
            message Other { int32 x = 1; }
            message Event { int64 id = 1; string name = 2; repeated int32 parts = 3; google.protobuf.Timestamp at = 4; }
            """);
        using var kafka = RealKafka.Start("--set", "auto.create.topics.enable=false");
        using var source = new Source(kafka.Brokers);
        var (proto, connect) = (source.NewTopic("proto", 1), source.NewTopic("connect", 1));
        var config = $"""
            [kafka]
            brokers = {kafka.Brokers}
            [iceberg]
            warehouse = {workspace.Warehouse}
            [flush]
            interval = 300ms
            [table.events]
            topics = {proto}
            format = protobuf
            schema = {schema}
            message = shop.Event
            [table.connected]
            topics = {connect}
            format = connect_json
            [table.shaped]
            topics = {connect}
            format = connect_json
            rename = id: number
            cast = id: string
            mask = name: hash
            mask_key = {MaskKey}
            drop = more
            """;
        Produce(kafka.Brokers, proto, connect, 0);
        using (var ingest = Ingest.Start(workspace, config))
        {
            ingest.WaitForOffsets("events", 10);
            ingest.Kill();
        }
        Produce(kafka.Brokers, proto, connect, Half);
        using (var ingest = Ingest.Start(workspace, config))
        {
            ingest.WaitForOffsets("events", 2 * Half);
            ingest.WaitForOffsets("connected", 2 * Half);
            ingest.WaitForOffsets("shaped", 2 * Half);
            Assert.Equal(0, ingest.Stop());
        }
        foreach (var (name, topic) in ((string, string)[])[("events", proto), ("connected", connect)])
        {
            var table = workspace.Table(name);
            Judges.Check(table);
            Judges.EveryOffsetOnce(table, [new OffsetRange(topic, 0, 0, 2 * Half)]);
            foreach (var row in Judges.Rows(Reader.IcebergJava, table))
                Assert.Equal($"n{row.GetProperty("id").GetInt64()}", row.GetProperty("name").GetString());
        }
        CheckShaped(connect);
    }

    /// <summary>Under another name, as another type, and as nobody can read it.</summary>
    private void CheckShaped(string topic)
    {
        var table = workspace.Table("shaped");
        Judges.Check(table);
        Judges.EveryOffsetOnce(table, [new OffsetRange(topic, 0, 0, 2 * Half)]);
        foreach (var row in Judges.Rows(Reader.IcebergJava, table))
        {
            Assert.False(row.TryGetProperty("more", out _));
            var name = Encoding.UTF8.GetBytes($"n{row.GetProperty("number").GetString()}");
            Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(MaskKey), name)),
                row.GetProperty("name").GetString());
        }
    }

    /// <summary>From the second half on Connect's schema has a field more.</summary>
    private static void Produce(string brokers, string proto, string connect, int first)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = brokers }).Build();
        var more = first == 0 ? "" : """,{"type":"int32","optional":true,"field":"more"}""";
        for (var id = first; id < first + Half; id++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"n{id}");
            byte[] message = [8, .. Number(id), 18, (byte)name.Length, .. Encoding.UTF8.GetBytes(name), 26, 2, 1, 2, 34, 2, 8, 5];
            Send(producer, proto, message);
            var fields = $$"""{"type":"int64","field":"id"},{"type":"string","field":"name"}{{more}}""";
            var schema = $$"""{"type":"struct","fields":[{{fields}}]}""";
            var payload = $$"""{"id":{{id}},"name":"{{name}}" }""";
            Send(producer, connect, Encoding.UTF8.GetBytes($$"""{"schema":{{schema}},"payload":{{payload}} }"""));
        }
        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(60)));
    }

    private static void Send(IProducer<Null, byte[]> producer, string topic, byte[] value) =>
        producer.Produce(new TopicPartition(topic, 0), new() { Value = value }, r => Assert.False(r.Error.IsError, r.Error.Reason));

    private static IEnumerable<byte> Number(int value)
    {
        for (; value >= 0x80; value >>= 7) yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
