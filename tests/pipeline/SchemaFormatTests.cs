using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Decode;
using K2I.Kafka;

namespace K2I.Pipeline.Tests;

/// <summary>Records of Protobuf and of JSON that name their schemas: the same promises as for Avro.</summary>
public sealed class SchemaFormatTests : IDisposable
{
    private readonly EngineFixture fixture = new();
    private readonly FakeSchemas schemas = new();

    [Theory]
    [InlineData(RecordFormat.Protobuf)]
    [InlineData(RecordFormat.JsonSchema)]
    public void ANewSchemaChangesTheTableAndOldRecordsStayWelcome(RecordFormat format)
    {
        Know(format, 1, isNew: false);
        Know(format, 2, isNew: true);
        Produce(0, Record(format, 1, 1, "ann"), Record(format, 2, 1L << 40, "bob", "Ulm"), Record(format, 1, 3, "cid"),
            Record(format, 2, 4, "dan"));
        using var engine = Start(Events(format));
        engine.WaitFor("events", t => t.RowsCommitted == 4);
        var metadata = fixture.Load("default.events").Metadata;
        Assert.Equal("id: long, who: string, city: string",
            ColumnText.Format(metadata.CurrentSchema.Fields.Where(f => f.Name != "_kafka")));
        Assert.Equal("schema 2 (events-value, version 2)", metadata.Properties[K2IKeys.WriterSchema]);
        string[] rows = ["1 ann -", "1099511627776 bob Ulm", "3 cid -", "4 dan -"];
        Assert.Equal(rows, Rows().OrderBy(r => r.Offset).Select(r => r.Text));
        Assert.Empty(fixture.DeadLetters("events"));
        Assert.Equal(2, engine.Table("events").SchemaChanges);
    }

    [Theory]
    [InlineData(RecordFormat.Protobuf)]
    [InlineData(RecordFormat.JsonSchema)]
    public void ARegistryThatIsAwayCostsNoRecordNorThatItIsRestartedUnderLoad(RecordFormat format)
    {
        fixture.Broker.CreateTopic("events", 2);
        Know(format, 1, isNew: false);
        schemas.Trouble = "no answer";
        int[] mixed = [1, FakeSchemas.Away, 1, 77];
        using (var engine = Start(Events(format)))
        {
            Produce(1, [.. Enumerable.Range(0, 100).Select(n => Record(format, 1, n, "b"))]);
            Produce(0, [.. Enumerable.Range(0, 100).Select(n => Record(format, mixed[n % 4], n, "a"))]);
            engine.WaitFor("events", t => t.RowsCommitted == 101 && t.Detail.Contains("no answer", StringComparison.Ordinal));
        }
        Produce(1, [.. Enumerable.Range(100, 100).Select(n => Record(format, 1, n, "b"))]);
        using (var engine = Start(Events(format)))
        {
            engine.WaitFor("events", t => t.RowsCommitted == 100);
            Know(format, FakeSchemas.Away, isNew: true);
            schemas.Trouble = null;
            engine.WaitFor("events", t => t.Partitions.All(p => p.CommittedOffset.Value == (p.Partition == 0 ? 100 : 200)));
        }
        var rows = Rows();
        Assert.Equal(275, rows.Length);
        Assert.Equal(275, rows.Select(r => (r.Partition, r.Offset)).Distinct().Count());
        Assert.All(rows, r => Assert.StartsWith($"{r.Offset} {(r.Partition == 0 ? "a" : "b")}", r.Text, StringComparison.Ordinal));
        var letters = fixture.DeadLetters("events");
        Assert.Equal(25, letters.Length);
        Assert.All(letters, l => Assert.Contains("there is no schema 77", l, StringComparison.Ordinal));
    }

    [Fact]
    public void AProtoFileMayImportOthersBesideItOrAbove()
    {
        using var folder = new TempFolder();
        var inner = Directory.CreateDirectory(Path.Combine(folder.Path, "shop")).FullName;
        File.WriteAllText(Path.Combine(folder.Path, "money.proto"), "syntax = \"proto3\"; message Money { int64 cents = 1; }");
        File.WriteAllText(Path.Combine(inner, "item.proto"), """
            syntax = "proto3";
            import "money.proto";
            message Item { Money price = 1; }
            """);
        var file = Path.Combine(inner, "e.proto");
        File.WriteAllText(file, """
            syntax = "proto3";
            import public "shop/item.proto";
            import 'google/protobuf/timestamp.proto';
            message E { int32 id = 1; Item item = 2; google.protobuf.Timestamp at = 3; }
            """);
        fixture.Broker.CreateTopic("events", 1);
        Produce(0, [8, 7, 18, 4, 10, 2, 8, 9]);
        using var engine = Start(Events(RecordFormat.Protobuf) with { WriterSchemaFile = file, Wire = WireForm.Bare, Message = "E" });
        engine.WaitFor("events", t => t.RowsCommitted == 1);
        Assert.Contains("\"id\":7,\"item\":{\"price\":{\"cents\":9}},\"at\":null", Assert.Single(fixture.Rows("default.events")),
            StringComparison.Ordinal);
    }

    public void Dispose() => fixture.Dispose();

    private void Know(RecordFormat format, int id, bool isNew)
    {
        if (format == RecordFormat.Protobuf)
        {
            var fields = isNew ? "int64 id = 1; string who = 2; optional string city = 3;" : "int32 id = 1; string who = 2;";
            schemas.Add(id, $"syntax = \"proto3\"; message E {{ {fields} }}", SchemaLanguage.Protobuf);
            return;
        }
        var properties = isNew ? """{"id":{"type":"integer"},"who":{"type":"string"},"city":{"type":"string"}}"""
            : """{"id":{"type":"integer","format":"int32"},"who":{"type":"string"}}""";
        schemas.Add(id, $$"""{"type":"object","properties":{{properties}}}""", SchemaLanguage.Json);
    }

    private static byte[] Record(RecordFormat format, int schema, long id, string who, string? city = null)
    {
        List<byte> bytes = [0, (byte)(schema >> 24), (byte)(schema >> 16), (byte)(schema >> 8), (byte)schema];
        if (format == RecordFormat.JsonSchema)
        {
            var more = city is null ? "" : $",\"city\":\"{city}\"";
            return [.. bytes, .. Encoding.UTF8.GetBytes($$"""{"id":{{id}},"who":"{{who}}"{{more}}}""")];
        }
        bytes.AddRange([0, 1 << 3]);
        for (var bits = (ulong)id; ; bits >>= 7)
        {
            bytes.Add((byte)(bits < 0x80 ? bits : bits | 0x80));
            if (bits < 0x80) break;
        }
        Text(2, who);
        if (city is not null) Text(3, city);
        return [.. bytes];

        void Text(int field, string text) => bytes.AddRange([(byte)((field << 3) | 2), (byte)text.Length, .. Encoding.UTF8.GetBytes(text)]);
    }

    private (int Partition, long Offset, string Text)[] Rows() =>
    [
        .. fixture.Rows("default.events").Select(r =>
        {
            using var json = JsonDocument.Parse(r);
            var (root, from) = (json.RootElement, json.RootElement.GetProperty("_kafka"));
            var city = root.TryGetProperty("city", out var value) ? value.GetString() ?? "-" : "-";
            return (from.GetProperty("partition").GetInt32(), from.GetProperty("offset").GetInt64(),
                $"{root.GetProperty("id")} {root.GetProperty("who")} {city}");
        }),
    ];

    private static TableOptions Events(RecordFormat format) => new()
    {
        Name = "events",
        Topics = ["events"],
        Format = format,
        UnknownFields = UnknownFields.Evolve,
        Flush = new() { AgeMs = 200 },
    };

    private RunningEngine Start(TableOptions table)
    {
        var options = fixture.Options(table);
        return fixture.Start(options, EngineFixture.Services(options) with { Schemas = schemas });
    }

    private void Produce(int partition, params byte[][] values)
    {
        using var producer = new KafkaProducer(new() { Client = new() { Brokers = fixture.Broker.BootstrapServers } }, NullLog.Instance);
        foreach (var value in values) producer.Produce(new() { Topic = "events", Partition = partition, Value = value });
        Assert.True(producer.Flush(30_000));
        Assert.Equal(0, producer.Failed);
    }
}
