using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CommunityToolkit.HighPerformance.Buffers;

namespace K2I.Serve;

/// <summary>
/// What there is to ask for, told in two ways: the list of paths, and an OpenAPI 3.1 description. Both are endpoints
/// themselves.
/// </summary>
internal sealed class ApiDescription
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>What may be in the way of every request that a token or a name is asked of.</summary>
    private static readonly ImmutableArray<ProblemKind> LoginProblems = [ProblemKind.NoToken, ProblemKind.ForeignHost];

    /// <summary>What may be in the way of every request.</summary>
    private static readonly ImmutableArray<ProblemKind> CommonProblems = [ProblemKind.HasBody, ProblemKind.Bug];

    private readonly byte[] paths;

    public ApiDescription(ImmutableArray<Endpoint> others)
    {
        Endpoints =
        [
            .. others,
            new("/v1/openapi.json", "This description", Describe),
            new("/", "The paths that there are", List) { Formats = [new("text", "text/plain")] },
        ];
        paths = Encoding.UTF8.GetBytes(string.Concat(Endpoints.Select(e => PathOf(e) + "\n")));
    }

    /// <summary>The others and those two.</summary>
    public ImmutableArray<Endpoint> Endpoints { get; }

    private Task List(Exchange exchange) => exchange.Send(200, "text/plain; charset=utf-8", paths);

    private async Task Describe(Exchange exchange)
    {
        using var body = new ArrayPoolBufferWriter<byte>(16_384);
        using (var json = new Utf8JsonWriter(body, Indented)) Write(json);
        await exchange.Send(200, AnswerFormat.Json.MediaType, body.WrittenMemory);
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("openapi", "3.1.0");
        json.WriteStartObject("info");
        json.WriteString("title", "K2I");
        json.WriteString("version", "1");
        json.WriteEndObject();
        json.WriteStartObject("paths");
        foreach (var endpoint in Endpoints) Write(json, endpoint);
        json.WriteEndObject();
        json.WritePropertyName("components");
        json.WriteRawValue("""
            {
              "schemas": {
                "Problem": {
                  "type": "object",
                  "required": ["type", "title", "status", "detail"],
                  "properties": {
                    "type": { "type": "string", "format": "uri" },
                    "title": { "type": "string" },
                    "status": { "type": "integer" },
                    "detail": { "type": "string" }
                  }
                }
              },
              "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } }
            }
            """u8);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Endpoint endpoint)
    {
        json.WriteStartObject(PathOf(endpoint));
        json.WriteStartObject("get");
        json.WriteString("summary", endpoint.Summary);
        json.WriteStartArray("security");
        json.WriteStartObject();
        json.WriteEndObject();
        if (!endpoint.IsOpen)
        {
            json.WriteStartObject();
            json.WriteStartArray("token");
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("parameters");
        foreach (var name in endpoint.Names) WriteParameter(json, "path", new(name, ""));
        foreach (var parameter in endpoint.Parameters) WriteParameter(json, "query", parameter);
        json.WriteEndArray();
        WriteResponses(json, endpoint);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteParameter(Utf8JsonWriter json, string place, Parameter parameter)
    {
        json.WriteStartObject();
        json.WriteString("name", parameter.Name);
        json.WriteString("in", place);
        if (place == "path") json.WriteBoolean("required", true);
        if (parameter.Description.Length > 0) json.WriteString("description", parameter.Description);
        json.WriteStartObject("schema");
        json.WriteString("type", "string");
        if (!parameter.Values.IsEmpty)
        {
            json.WriteStartArray("enum");
            foreach (var value in parameter.Values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        if (parameter.Example is { } example) json.WriteString("example", example);
        json.WriteEndObject();
    }

    private static void WriteResponses(Utf8JsonWriter json, Endpoint endpoint)
    {
        json.WriteStartObject("responses");
        var problems = endpoint.Problems.Concat(CommonProblems).Concat(endpoint.IsOpen ? [] : LoginProblems)
            .ToLookup(p => p.Status, p => p.Title);
        foreach (var status in endpoint.Statuses.Concat(problems.Select(p => p.Key)).Distinct().Order())
        {
            json.WriteStartObject(status.ToString(CultureInfo.InvariantCulture));
            var isAnswer = endpoint.Statuses.Contains(status);
            var meanings = isAnswer ? problems[status].Prepend(endpoint.Summary) : problems[status];
            json.WriteString("description", string.Join("; or: ", meanings));
            if (isAnswer) WriteHeaders(json, endpoint);
            json.WriteStartObject("content");
            foreach (var format in isAnswer ? endpoint.Formats : [])
                WriteContent(json, format.MediaType, format == AnswerFormat.Json ? endpoint.Schema : null);
            if (problems.Contains(status)) WriteContent(json, Problem.MediaType, """{ "$ref": "#/components/schemas/Problem" }""");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteHeaders(Utf8JsonWriter json, Endpoint endpoint)
    {
        if (endpoint.Headers.IsEmpty) return;
        json.WriteStartObject("headers");
        foreach (var (name, description) in endpoint.Headers)
        {
            json.WriteStartObject(name);
            json.WriteString("description", description);
            json.WriteStartObject("schema");
            json.WriteString("type", "string");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, string mediaType, string? schema)
    {
        json.WriteStartObject(mediaType);
        if (schema is not null)
        {
            json.WritePropertyName("schema");
            json.WriteRawValue(schema);
        }
        json.WriteEndObject();
    }

    private static string PathOf(Endpoint endpoint) => endpoint.Path.Replace("{*", "{", StringComparison.Ordinal);
}
