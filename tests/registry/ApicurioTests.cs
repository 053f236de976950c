using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Decode;
using K2I.Memory;

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
