using System.Globalization;
using System.Text;
using K2I.Base;
using K2I.Decode;

namespace K2I.Registry;

/// <summary>Schemas of Azure's registry (Event Hubs), by their id. They refer to no others.</summary>
internal sealed class AzureFetcher(RegistryOptions options, IClock clock) : ISchemaFetcher
{
    private const string ApiVersion = "2023-07-01";

    private readonly RegistryClient client = new(options, clock);

    public void Dispose() => client.Dispose();

    public async Task<WriterSchema?> Fetch(SchemaId id, CancellationToken stop)
    {
        if (id.Kind != SchemaIdKind.Guid) return null;
        var name = id.Value.ToString("x32", CultureInfo.InvariantCulture);
        return await client.Ask(
            url => new(HttpMethod.Get, $"{url}/$schemagroups/$schemas/{name}?api-version={ApiVersion}"),
            answer => Read(id, answer), stop).ConfigureAwait(false);
    }

    private static WriterSchema? Read(SchemaId id, RegistryAnswer answer)
    {
        if (answer.Status == 404)
        {
            // A wrong address does not say why.
            using var json = answer.Json();
            return json.RootElement.TryGetProperty("error", out _) ? null : throw answer.Useless();
        }
        if (answer.Status != 200) throw answer.Useless();
        var type = answer.Headers.GetValueOrDefault("Content-Type", "").Replace(" ", "", StringComparison.Ordinal);
        var language = type switch
        {
            _ when type.Contains("serialization=Avro", StringComparison.OrdinalIgnoreCase) => SchemaLanguage.Avro,
            _ when type.Contains("serialization=Json", StringComparison.OrdinalIgnoreCase) => SchemaLanguage.Json,
            _ when type.Contains("protobuf", StringComparison.OrdinalIgnoreCase) => SchemaLanguage.Protobuf,
            _ => throw answer.Useless($"a schema of the unknown type {type}"),
        };
        var group = answer.Headers.GetValueOrDefault("Schema-Group-Name");
        var subject = answer.Headers.GetValueOrDefault("Schema-Name");
        return new(id, language, Encoding.UTF8.GetString(answer.Body), [])
        {
            Subject = group is null ? subject : $"{group}/{subject}",
            Version = int.TryParse(answer.Headers.GetValueOrDefault("Schema-Version"), CultureInfo.InvariantCulture, out var v) ? v : null,
        };
    }
}
