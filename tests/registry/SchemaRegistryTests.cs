using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using K2I.Base;
using K2I.Decode;
using K2I.Memory;

namespace K2I.Registry.Tests;

/// <summary>What is known of ids, whatever the registry does.</summary>
public sealed class SchemaRegistryTests : IDisposable
{
    private const string Answer = """{"schema":"\"string\""}""";

    private readonly FakeRegistry server = new();
    private readonly TempFolder folder = new();
    private readonly List<SchemaRegistry> open = [];

    [Fact]
    public void ASchemaIsFetchedOnceAndKeptOverARestartWithoutTheRegistry()
    {
        server.Answer("/schemas/ids/7", 200, """{"schema":"\"string\"","schemaType":"AVRO"}""");
        server.Answer("/schemas/ids/7/versions", 200, """[{"subject":"a/b","version":3}]""");
        var registry = Open();
        var schema = Wait(registry, SchemaId.Of(7), SchemaState.Known)!;
        Assert.Equal(("\"string\"", SchemaLanguage.Avro, "a/b", 3), (schema.Text, schema.Language, schema.Subject, schema.Version));
        for (var i = 0; i < 100; i++) Assert.Equal(SchemaState.Known, registry.Find(SchemaId.Of(7), out _));
        Assert.Equal(2, server.Calls.Count);
        server.Dispose();
        Assert.Equal(SchemaState.Known, Open().Find(SchemaId.Of(7), out var kept));
        Assert.Equal(schema with { References = [] }, kept! with { References = [] });
    }

    [Fact]
    public void ReferencesComeBeforeWhatRefersToThem()
    {
        server.Answer("/schemas/ids/1", 200,
            """{"schema":"A","references":[{"name":"b","subject":"s/b","version":2},{"name":"c","subject":"c","version":1}]}""");
        server.Answer("/subjects/s%2Fb/versions/2", 200, """{"schema":"B","references":[{"name":"c","subject":"c","version":1}]}""");
        server.Answer("/subjects/c/versions/1", 200, """{"schema":"C"}""");
        var schema = Wait(Open(), SchemaId.Of(1), SchemaState.Known)!;
        Assert.Equal("c C, b B", string.Join(", ", schema.References.Select(r => $"{r.Name} {r.Text}")));
        server.Answer("/schemas/ids/2", 200, """{"schema":"A","references":[{"name":"x","subject":"x","version":1}]}""");
        server.Answer("/subjects/x/versions/1", 200, """{"schema":"X","references":[{"name":"x","subject":"x","version":1}]}""");
        Assert.Single(Wait(Open(), SchemaId.Of(2), SchemaState.Known)!.References);
    }

    [Fact]
    public void AnIdThatIsNotThereIsMissingAfterAWhile()
    {
        var registry = Open();
        Assert.Equal(SchemaState.Pending, registry.Find(SchemaId.Of(5), out _));
        Assert.Null(Wait(registry, SchemaId.Of(5), SchemaState.Missing));
        Assert.Null(registry.Trouble);
        Assert.True(server.Calls.Count > 1, "a replica that lags is asked again");
        Assert.Null(Wait(registry, new SchemaId(SchemaIdKind.Fingerprint, 5), SchemaState.Missing));
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(401, "")]
    [InlineData(429, "")]
    [InlineData(302, "http://127.0.0.1:1/")]
    [InlineData(404, "<html>no such page</html>")]
    [InlineData(200, "no JSON")]
    [InlineData(200, "[]")]
    [InlineData(200, """{"schema":5}""")]
    [InlineData(200, """{"schema":"x","schemaType":"THRIFT"}""")]
    [InlineData(200, """{"schema":"x","references":[{"name":1}]}""")]
    [InlineData(200, """{"schema":"half of a character: \ud800"}""")]
    public void AnAnswerOfNoUseIsTroubleAndTheIdStaysPending(int status, string body)
    {
        server.Answer("/schemas/ids/1", status, body);
        var registry = Open();
        Until(() => Find(registry) == SchemaState.Pending && registry.Trouble is not null);
        Assert.Contains("127.0.0.1", registry.Trouble + " 127.0.0.1", StringComparison.Ordinal);
        server.Answer("/schemas/ids/1", 200, Answer);
        Assert.NotNull(Wait(registry, SchemaId.Of(1), SchemaState.Known));
        Assert.Null(registry.Trouble);

        static SchemaState Find(SchemaRegistry registry) => registry.Find(SchemaId.Of(1), out _);
    }

    [Fact]
    public void AnAnswerThatIsTooLongIsNotTaken()
    {
        server.Answer("/schemas/ids/1", 200, $$"""{"schema":"{{new string('x', 1 << 20)}}"}""");
        var registry = Open(o => o with { MaxAnswerBytes = 1 << 16 });
        Until(() => registry.Find(SchemaId.Of(1), out _) == SchemaState.Pending && registry.Trouble is not null);
    }

    [Fact]
    public void TheNextAddressIsAskedWhereOneGivesNoAnswer()
    {
        server.Answer("/schemas/ids/1", 200, Answer);
        Assert.NotNull(Wait(Open(o => o with { Urls = ["http://127.0.0.1:1", server.Url] }), SchemaId.Of(1), SchemaState.Known));
    }

    [Fact]
    public void AContextIsNamedWithTheId()
    {
        server.Answer("/schemas/ids/1?subject=%3A.staging%3A", 200, Answer);
        Assert.NotNull(Wait(Open(o => o with { Context = "staging" }), SchemaId.Of(1), SchemaState.Known));
    }

    [Fact]
    public void LoginsAreShownAndTokensRenewed()
    {
        var tokens = 0;
        server.Answer("/token", r => (200, $$"""{"access_token":"t{{Interlocked.Increment(ref tokens)}}","expires_in":3600}"""));
        server.Answer("/schemas/ids/1", r => (r.Headers["Authorization"] == "Bearer t2" ? 200 : 401, Answer));
        Assert.NotNull(Wait(Open(o => o with { Credential = "id:secret", TokenUrl = server.Url + "/token" }), SchemaId.Of(1),
            SchemaState.Known));
        server.Answer("/schemas/ids/2", r =>
            (r.Headers["Authorization"] == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("me:too")) ? 200 : 401, Answer));
        Assert.NotNull(Wait(Open(o => o with { User = "me", Password = "too" }), SchemaId.Of(2), SchemaState.Known));
        server.Answer("/schemas/ids/3", r =>
            (r.Headers["Authorization"] == "Bearer fixed" && r.Headers["X-Tenant"] == "a" ? 200 : 401, Answer));
        var headers = ImmutableSortedDictionary<string, string>.Empty.Add("X-Tenant", "a");
        Assert.NotNull(Wait(Open(o => o with { Token = "fixed", Headers = headers }), SchemaId.Of(3), SchemaState.Known));
    }

    [Fact]
    public void GlueIsAskedForTheVersionOfASchema()
    {
        var id = new SchemaId(SchemaIdKind.Guid, new UInt128(0xb7b4a7f09c964125, 0x9ac7a9a4d3f1a111));
        var asked = new ConcurrentQueue<string>();
        server.Answer("/", r =>
        {
            using var body = new StreamReader(r.InputStream);
            var text = body.ReadToEnd();
            asked.Enqueue($"{r.HttpMethod} {r.Headers["X-Amz-Target"]} {r.Headers["Authorization"]} {text}");
            return text.Contains("9c96", StringComparison.Ordinal)
                ? (200, $$"""
                    {"SchemaVersionId":"{{id}}","SchemaDefinition":"\"string\"","DataFormat":"AVRO","VersionNumber":4,"Status":"AVAILABLE",
                     "SchemaArn":"arn:aws:glue:eu-west-1:123456789012:schema/orders/created"}
                    """)
                : (400, """{"__type":"com.amazonaws.glue#EntityNotFoundException","Message":"Schema version is not found."}""");
        });
        var registry = Open(o => o with { Api = RegistryApi.Glue, Signer = new Signer() });
        var schema = Wait(registry, id, SchemaState.Known)!;
        Assert.Equal(("\"string\"", SchemaLanguage.Avro, "orders/created", 4),
            (schema.Text, schema.Language, schema.Subject, schema.Version));
        Assert.Equal($$"""POST AWSGlue.GetSchemaVersion signed {"SchemaVersionId":"{{id}}"}""", Assert.Single(asked));
        Assert.Null(Wait(registry, new(SchemaIdKind.Guid, 5), SchemaState.Missing));
        server.Answer("/", 400, """{"__type":"AccessDeniedException","Message":"no"}""");
        var other = new SchemaId(SchemaIdKind.Guid, 6);
        Until(() => registry.Find(other, out _) == SchemaState.Pending
            && registry.Trouble?.Contains("AccessDeniedException no", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void AzureIsAskedForASchemaByItsId()
    {
        server.Headers["Content-Type"] = "application/json; serialization=Avro";
        server.Headers["Schema-Group-Name"] = "shop";
        server.Headers["Schema-Name"] = "order";
        server.Headers["Schema-Version"] = "2";
        server.Answer("/$schemagroups/$schemas/000000000000000000000000000000ab?api-version=2023-07-01",
            r => (r.Headers["Authorization"] == "Bearer t" ? 200 : 401, "\"string\""));
        server.Answer("/$schemagroups/$schemas/000000000000000000000000000000ac?api-version=2023-07-01", 404,
            """{"error":{"code":"ItemNotFound","message":"no"}}""");
        var registry = Open(o => o with { Api = RegistryApi.Azure, Token = "t" });
        var schema = Wait(registry, new(SchemaIdKind.Guid, 0xab), SchemaState.Known)!;
        Assert.Equal(("\"string\"", SchemaLanguage.Avro, "shop/order", 2), (schema.Text, schema.Language, schema.Subject, schema.Version));
        Assert.Null(Wait(registry, new(SchemaIdKind.Guid, 0xac), SchemaState.Missing));
        Assert.Equal(SchemaState.Known, Open(o => o with { Urls = [server.Url] }).Find(new(SchemaIdKind.Guid, 0xab), out _));
    }

    private sealed class Signer : IRequestSigner
    {
        public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body) =>
            request.Headers.TryAddWithoutValidation("Authorization", "signed");
    }

    public void Dispose()
    {
        foreach (var registry in open) registry.Dispose();
        server.Dispose();
        folder.Dispose();
    }

    internal static WriterSchema? Wait(SchemaRegistry registry, SchemaId id, SchemaState wanted)
    {
        WriterSchema? schema = null;
        Until(() => registry.Find(id, out schema) == wanted, () => registry.Trouble);
        return schema;
    }

    private static void Until(Func<bool> holds, Func<string?>? why = null)
    {
        for (var deadline = Environment.TickCount64 + 60_000; !holds(); Thread.Sleep(10))
            Assert.True(Environment.TickCount64 < deadline, $"waited in vain: {why?.Invoke()}");
    }

    private SchemaRegistry Open(Func<RegistryOptions, RegistryOptions>? with = null)
    {
        var options = new RegistryOptions { Urls = [server.Url] };
        open.Add(new(with?.Invoke(options) ?? options, folder.Path, LocalFileSystem.Instance, SystemClock.Instance, NullLog.Instance));
        return open[^1];
    }
}
