using System.Net.Http.Headers;
using System.Text;
using K2I.Base;
using K2I.Decode;

namespace K2I.Registry;

/// <summary>Schemas of AWS Glue's registry, by the id of their version: <c>GetSchemaVersion</c>, signed. They refer to no others.</summary>
internal sealed class GlueFetcher(RegistryOptions options, IClock clock) : ISchemaFetcher
{
    private readonly RegistryClient client = new(options, clock);

    public void Dispose() => client.Dispose();

    public async Task<WriterSchema?> Fetch(SchemaId id, CancellationToken stop)
    {
        if (id.Kind != SchemaIdKind.Guid) return null;
        var body = Encoding.UTF8.GetBytes($$"""{"SchemaVersionId":"{{id}}"}""");
        return await client.Ask(url => Request(url, body), answer => Read(id, answer), stop).ConfigureAwait(false);
    }

    private HttpRequestMessage Request(string url, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url + "/") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.TryAddWithoutValidation("X-Amz-Target", "AWSGlue.GetSchemaVersion");
        options.Signer!.Sign(request, body);
        return request;
    }

    private static WriterSchema? Read(SchemaId id, RegistryAnswer answer)
    {
        using var json = answer.Json();
        var root = json.RootElement;
        if (answer.Status != 200)
        {
            var type = RegistryAnswer.Text(root, "__type") ?? "";
            return type.EndsWith("EntityNotFoundException", StringComparison.Ordinal) ? null
                : throw answer.Useless($"{type} {RegistryAnswer.Text(root, "Message") ?? RegistryAnswer.Text(root, "message")}");
        }
        var language = RegistryAnswer.Text(root, "DataFormat") switch
        {
            "AVRO" => SchemaLanguage.Avro,
            "JSON" => SchemaLanguage.Json,
            "PROTOBUF" => SchemaLanguage.Protobuf,
            var other => throw answer.Useless($"a schema of the unknown type {other}"),
        };
        var text = RegistryAnswer.Text(root, "SchemaDefinition") ?? throw answer.Useless("there is no schema in it");
        // arn:aws:glue:REGION:ACCOUNT:schema/REGISTRY/SCHEMA
        var arn = RegistryAnswer.Text(root, "SchemaArn") ?? "";
        var at = arn.IndexOf(":schema/", StringComparison.Ordinal);
        int? version = root.TryGetProperty("VersionNumber", out var number) && number.TryGetInt32(out var n) ? n : null;
        return new(id, language, text, []) { Subject = at < 0 ? null : arn[(at + ":schema/".Length)..], Version = version };
    }
}
