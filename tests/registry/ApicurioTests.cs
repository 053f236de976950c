using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using global::Avro.Generic;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Memory;
using SchemaId = K2I.Decode.SchemaId;

namespace K2I.Registry.Tests;

/// <summary>A real registry: Apicurio, by Confluent's API.</summary>
[NeedsShared(Program)]
public sealed class ApicurioTests : IClassFixture<ApicurioTests.Server>
{
    private const string Program = "peers/registry/start";

    private static readonly HttpClient Http = new();
    private readonly Server server;

    public ApicurioTests(Server server) => this.server = server;

    public sealed class Server : IDisposable
    {
        private readonly TempFolder folder = new();

        public Server() => Url = Shared.Find(Program) is null ? ""
            : Tool.Output("bash", [Shared.Need(Program), Path.Combine(folder.Path, "reg"), "--heap", "256m"]).Trim().Split('\n')[^1];

        public string Url { get; }

        public void Dispose()
        {
            if (Url.Length > 0) _ = Tool.Run("bash", [Shared.Need("peers/registry/stop"), Path.Combine(folder.Path, "reg")]);
            folder.Dispose();
        }
    }

    [ContractFact]
    public void SchemasReferencesAndMissingIdsAreAsItHasThem()
    {
        const string address = """{"type":"record","name":"Address","namespace":"x","fields":[{"name":"city","type":"string"}]}""";
        const string person = """{"type":"record","name":"Person","namespace":"x","fields":[{"name":"home","type":"x.Address"}]}""";
        _ = Register("address", new { schema = address });
        var id = Register("person-value",
            new { schema = person, references = new[] { new { name = "x.Address", subject = "address", version = 1 } } });
        using var folder = new TempFolder();
        using var registry =
            new SchemaRegistry(new() { Urls = [server.Url] }, folder.Path, LocalFileSystem.Instance, SystemClock.Instance,
            NullLog.Instance);
        var schema = SchemaRegistryTests.Wait(registry, SchemaId.Of(id), SchemaState.Known)!;
        Assert.Equal(("person-value", 1), (schema.Subject, schema.Version));
        Assert.Equal("x.Address", Assert.Single(schema.References).Name);
        Assert.Equal("home: struct<city: string!>!", ColumnText.Format(AvroCompiler.Instance.Columns(schema, new())));
        Assert.Null(SchemaRegistryTests.Wait(registry, SchemaId.Of(987_654), SchemaState.Missing));
    }

    [ContractFact]
    public async Task WhatConfluentsAvroSerializerWritesAreRows()
    {
        const string text = """
            {"type":"record","name":"T","namespace":"x","fields":[
            {"name":"b","type":"boolean"},{"name":"i","type":"int"},{"name":"l","type":"long"},{"name":"f","type":"float"},
            {"name":"d","type":"double"},{"name":"s","type":"string"},{"name":"y","type":"bytes"},
            {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}},
            {"name":"x","type":{"type":"fixed","name":"X","size":2}},
            {"name":"o","type":["null","int"]},{"name":"n","type":["string","null"]},
            {"name":"a","type":{"type":"array","items":"long"}},{"name":"m","type":{"type":"map","values":"int"}},
            {"name":"r","type":{"type":"record","name":"R","fields":[{"name":"k","type":"string"}]}},
            {"name":"dec","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
            {"name":"u","type":{"type":"string","logicalType":"uuid"}},{"name":"day","type":{"type":"int","logicalType":"date"}},
            {"name":"t","type":{"type":"int","logicalType":"time-millis"}},{"name":"tu","type":{"type":"long","logicalType":"time-micros"}},
            {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
            {"name":"au","type":{"type":"long","logicalType":"timestamp-micros"}}]}
            """;
        var schema = (global::Avro.RecordSchema)global::Avro.Schema.Parse(text);
        var record = new GenericRecord(schema);
        var at = new DateTime(1970, 1, 2, 0, 0, 1, DateTimeKind.Utc);
        foreach (var (name, value) in ((string, object?)[])
        [
            ("b", true), ("i", -1), ("l", long.MinValue), ("f", 1.5f), ("d", -0.25), ("s", "é"), ("y", new byte[] { 1, 255 }),
            ("e", new GenericEnum((global::Avro.EnumSchema)schema["e"].Schema, "B")),
            ("x", new GenericFixed((global::Avro.FixedSchema)schema["x"].Schema, [7, 8])), ("o", null), ("n", "n"),
            ("a", new object[] { 1L, -2L }), ("m", new Dictionary<string, object> { ["k"] = 3 }),
            ("dec", new global::Avro.AvroDecimal(-12345, 2)), ("u", Guid.Parse("00112233-4455-6677-8899-aabbccddeeff")),
            ("day", at.Date), ("t", TimeSpan.FromMilliseconds(5)), ("tu", TimeSpan.FromMilliseconds(6)), ("at", at), ("au", at),
        ]) record.Add(name, value);
        var inner = new GenericRecord((global::Avro.RecordSchema)schema["r"].Schema);
        inner.Add("k", "v");
        record.Add("r", inner);
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = server.Url });
        var serializer = new AvroSerializer<GenericRecord>(client);
        var bytes = await serializer.SerializeAsync(record, new(MessageComponentType.Value, "typed"));
        var row = Row(AvroCompiler.Instance, bytes);
        Assert.Equal("true|-1|-9223372036854775808|1.5|-0.25|é|01ff|B|0708|null|n|[1,-2]|<k=3>|{k=v}|-12345|"
            + "00112233445566778899aabbccddeeff|1|5000|6000|86401000000|86401000000", row);
    }

    /// <summary>For Confluent's generator of schemas.</summary>
    public sealed class Visit
    {
        public long Id { get; set; }

        public string? Page { get; set; }

        public double Seconds { get; set; }

        public string[] Tags { get; set; } = [];

        public DateTime At { get; set; }
    }

    [ContractFact]
    public async Task WhatConfluentsJsonSerializerWritesAreRows()
    {
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = server.Url });
        var serializer = new JsonSerializer<Visit>(client);
        var visit = new Visit { Id = 7, Page = "/a", Seconds = 1.5, Tags = ["x", "y"], At = new(1970, 1, 1, 0, 0, 2, DateTimeKind.Utc) };
        var bytes = await serializer.SerializeAsync(visit, new(MessageComponentType.Value, "visits"));
        Assert.Equal("7|/a|1.5|[x,y]|2000000", Row(new JsonCompiler(new() { MetadataColumn = null }), bytes));
    }

    [ContractFact]
    public void ProtobufIsReadWithWhatItImports()
    {
        const string money = "syntax = \"proto3\"; package m; message Money { int64 cents = 1; }";
        _ = Register("money", new { schemaType = "PROTOBUF", schema = money });
        var id = Register("order-value", new
        {
            schemaType = "PROTOBUF",
            schema = "syntax = \"proto3\"; import \"money.proto\"; message Order { int32 id = 1; m.Money price = 2; }",
            references = new[] { new { name = "money.proto", subject = "money", version = 1 } },
        });
        byte[] bytes = [0, (byte)(id >> 24), (byte)(id >> 16), (byte)(id >> 8), (byte)id, 0, 8, 7, 18, 2, 8, 99];
        Assert.Equal("7|{cents=99}", Row(K2I.Decode.Protobuf.ProtobufCompiler.Instance, bytes));
    }

    /// <summary>The row that comes of a value, its schema fetched.</summary>
    private string Row(IPlanCompiler compiler, byte[] value)
    {
        using var folder = new TempFolder();
        using var registry = new SchemaRegistry(new() { Urls = [server.Url] }, folder.Path, LocalFileSystem.Instance, SystemClock.Instance,
            NullLog.Instance);
        var framed = FramedValue.Read(WireForm.Confluent, new RecordInput(value));
        var writer = SchemaRegistryTests.Wait(registry, framed.Schema, SchemaState.Known)!;
        var table = FieldIds.NewSchema(compiler.Columns(writer, new()));
        var decoder = new PlannedDecoder(compiler, registry, WireForm.Confluent, table, new());
        using var batch = new BatchBuilder(table, MemoryTag.Scratch, 1 << 20);
        var status = decoder.Decode(new RecordInput(value), batch);
        Assert.True(status == DecodeStatus.Ok, decoder.Error.ToString());
        Assert.True(batch.EndRow());
        return string.Join('|', batch.View().Columns.Select(c => Decode.Tests.Rows.Show(c, 0)));
    }

    private int Register(string subject, object schema)
    {
        using var content = JsonContent.Create(schema);
        using var answer =
            Http.PostAsync($"{server.Url}/subjects/{subject}/versions",
            new StringContent(content.ReadAsStringAsync().Result, Encoding.UTF8, "application/vnd.schemaregistry.v1+json")).Result;
        var text = answer.Content.ReadAsStringAsync().Result;
        Assert.True(answer.IsSuccessStatusCode, text);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("id").GetInt32();
    }
}
