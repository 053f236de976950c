using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using K2I.Base;
using K2I.Decode;

namespace K2I.Registry;

/// <summary>One schema and all that it refers to, in the words of Confluent's API.</summary>
internal sealed class SchemaFetcher(RegistryOptions options, IClock clock) : ISchemaFetcher
{
    private const int MaxReferences = 1_000, MaxReferenceDepth = 32, MaxSchemaCharacters = 4 << 20;

    private readonly RegistryClient client = new(options, clock);

    public void Dispose() => client.Dispose();

    public async Task<WriterSchema?> Fetch(SchemaId id, CancellationToken stop)
    {
        if (PathOf(id) is not { } path || await Get(path + Context('?'), stop).ConfigureAwait(false) is not { } answer) return null;
        using (answer)
        {
            var schema = Read(answer.RootElement, path);
            var references = new References();
            await Follow(answer.RootElement, references, 0, stop).ConfigureAwait(false);
            var (subject, version) = await NameOf(id, stop).ConfigureAwait(false);
            return new(id, schema.Language, schema.Text, references.All) { Subject = subject, Version = version };
        }
    }

    /// <summary>Null for what the registry says that it does not have.</summary>
    private Task<JsonDocument?> Get(string path, CancellationToken stop) => client.Ask(url => Request(url + path), Read, stop);

    private static HttpRequestMessage Request(string url)
    {
        var request = new HttpRequestMessage(HttpMethod.Get,
            new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.Accept.Add(new("application/vnd.schemaregistry.v1+json"));
        request.Headers.Accept.Add(new("application/json"));
        return request;
    }

    /// <summary>A registry says with a number what it does not have; a wrong address, or something in between, does not.</summary>
    private static JsonDocument? Read(RegistryAnswer answer)
    {
        if (answer.Status == 200) return answer.Json();
        if (answer.Status != 404) throw answer.Useless();
        using var json = answer.Json();
        var isRegistrys = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error_code", out var code)
            && code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number) && number is 40401 or 40402 or 40403 or 404;
        return isRegistrys ? null : throw answer.Useless();
    }

    private sealed class References
    {
        private readonly HashSet<(string Subject, int Version)> seen = [];
        private readonly ImmutableArray<SchemaReference>.Builder all = ImmutableArray.CreateBuilder<SchemaReference>();

        internal ImmutableArray<SchemaReference> All => all.ToImmutable();

        internal int Count => seen.Count;

        internal bool IsNew(string subject, int version) => seen.Add((subject, version));

        internal void Add(SchemaReference reference) => all.Add(reference);
    }

    private static string? PathOf(SchemaId id) => id.Kind switch
    {
        SchemaIdKind.Number => $"/schemas/ids/{id}",
        SchemaIdKind.Guid => $"/schemas/guids/{id}",
        _ => null,
    };

    private string Context(char separator) => options.Context is { } context ? $"{separator}subject={Uri.EscapeDataString($":.{context}:")}"
        : "";

    private static (SchemaLanguage Language, string Text) Read(JsonElement answer, string path)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("schema", out var schema)
            || schema.ValueKind != JsonValueKind.String)
            throw Bad(path, "there is no schema in it");
        var text = schema.GetString()!;
        if (text.Length > MaxSchemaCharacters) throw Bad(path, $"a schema of more than {MaxSchemaCharacters} characters");
        var language = answer.TryGetProperty("schemaType", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()
            : "AVRO";
        return (language switch
        {
            "AVRO" => SchemaLanguage.Avro,
            "PROTOBUF" => SchemaLanguage.Protobuf,
            "JSON" => SchemaLanguage.Json,
            _ => throw Bad(path, $"a schema of the unknown type {language}"),
        }, text);
    }

    /// <summary>Depth first: each after all that it refers to.</summary>
    private async Task Follow(JsonElement of, References references, int depth, CancellationToken stop)
    {
        if (!of.TryGetProperty("references", out var list) || list.ValueKind != JsonValueKind.Array) return;
        foreach (var reference in list.EnumerateArray())
        {
            var (name, subject, version) = Named(reference);
            if (!references.IsNew(subject, version)) continue;
            if (depth == MaxReferenceDepth || references.Count > MaxReferences) throw Bad(subject, "it refers to too many others");
            var path = $"/subjects/{Uri.EscapeDataString(subject)}/versions/{version.ToString(CultureInfo.InvariantCulture)}";
            using var answer = await Get(path, stop).ConfigureAwait(false) ?? throw Bad(path, "it is referred to, and is not there");
            await Follow(answer.RootElement, references, depth + 1, stop).ConfigureAwait(false);
            references.Add(new(name, Read(answer.RootElement, path).Text));
        }
    }

    private static (string Name, string Subject, int Version) Named(JsonElement reference)
    {
        if (reference.ValueKind == JsonValueKind.Object && Text("name") is { } name && Text("subject") is { } subject
            && reference.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.Number
                && version.TryGetInt32(out var number))
            return (name, subject, number);
        throw Bad("references", "one has no name, subject and version");

        string? Text(string property) => reference.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
    }

    /// <summary>What people call the schema; nulls where the registry does not say.</summary>
    private async Task<(string? Subject, int? Version)> NameOf(SchemaId id, CancellationToken stop)
    {
        if (id.Kind != SchemaIdKind.Number) return (null, null);
        try
        {
            using var answer = await Get($"/schemas/ids/{id}/versions{Context('?')}", stop).ConfigureAwait(false);
            if (answer is null || answer.RootElement.ValueKind != JsonValueKind.Array) return (null, null);
            foreach (var version in answer.RootElement.EnumerateArray())
            {
                if (version.ValueKind != JsonValueKind.Object || !version.TryGetProperty("subject", out var subject)
                    || subject.ValueKind != JsonValueKind.String) continue;
                if (version.TryGetProperty("version", out var number) && number.ValueKind == JsonValueKind.Number
                    && number.TryGetInt32(out var count))
                    return (subject.GetString(), count);
            }
        }
        catch (Exception e) when (e is EngineException or InvalidOperationException)
        {
            // Only a name: the schema is here.
        }
        return (null, null);
    }

    private static EngineException Bad(string what, string why) =>
        new(ErrorKind.Unavailable, $"the registry's answer to {what} is of no use: {why}");
}
