using System.Net;
using System.Text.Json;
using K2I.Query;

namespace K2I.Serve.Tests;

/// <summary>The OpenAPI description and the server say the same.</summary>
public sealed class OpenApiTests
{
    private const string Scan = "/v1/tables/{table}/scan", Row = "/v1/tables/{table}/rows/{key}", Follow = "/v1/tables/{table}/follow";

    /// <summary>What leads to each status; where several problems have one, to each of them.</summary>
    private static readonly Dictionary<string, (int Status, string Ask)[]> Ways = new()
    {
        ["/"] = [(200, "/")],
        ["/v1/openapi.json"] = [(200, "/v1/openapi.json")],
        ["/healthz"] = [(200, "/healthz"), (503, "unwell /healthz")],
        ["/readyz"] = [(200, "/readyz"), (503, "unwell /readyz")],
        ["/health"] = [(200, "/health"), (503, "unwell /health")],
        ["/status"] = [(200, "/status")],
        ["/metrics"] = [(200, "/metrics")],
        ["/v1/tables"] = [(200, "/v1/tables"), (400, "/v1/tables?x=1"), (406, "html /v1/tables")],
        ["/v1/tables/{table}"] =
        [
            (200, "/v1/tables/shop.orders"), (400, "/v1/tables/shop.orders?x=1"), (404, "/v1/tables/none"),
            (406, "html /v1/tables/shop.orders"), (503, "Unavailable /v1/tables/shop.orders"),
        ],
        [Row] =
        [
            (200, "/v1/tables/shop.orders/rows/0/s0"),
            (400, "/v1/tables/shop.orders/rows/0"),
            (404, "/v1/tables/none/rows/0"),
            (404, "/v1/tables/shop.orders/rows/0/s1"),
            (406, "html /v1/tables/shop.orders/rows/0/s0"),
            (413, "TooLarge /v1/tables/shop.orders/rows/0/s0"),
            (422, "/v1/tables/shop.plain/rows/0"),
            (503, "Unavailable /v1/tables/shop.orders/rows/0/s0"),
            (503, "Busy /v1/tables/shop.orders/rows/0/s0"),
            (503, "TakenBack /v1/tables/shop.orders/rows/0/s0"),
            (504, "TimedOut /v1/tables/shop.orders/rows/0/s0"),
            (504, "/v1/tables/shop.orders/rows/0/s0?min_offsets=t:0:9"),
        ],
        [Scan] =
        [
            (200, "/v1/tables/shop.orders/scan"),
            (400, "/v1/tables/shop.orders/scan?columns=none"),
            (404, "/v1/tables/none/scan"),
            (406, "html /v1/tables/shop.orders/scan"),
            (413, "TooLarge /v1/tables/shop.orders/scan"),
            (503, "Unavailable /v1/tables/shop.orders/scan"),
            (503, "Busy /v1/tables/shop.orders/scan"),
            (503, "TakenBack /v1/tables/shop.orders/scan"),
            (504, "TimedOut /v1/tables/shop.orders/scan"),
            (504, "/v1/tables/shop.orders/scan?min_offsets=t:0:9"),
        ],
        [Follow] =
        [
            (200, "/v1/tables/shop.orders/follow"),
            (400, "/v1/tables/shop.orders/follow?columns=none"),
            (404, "/v1/tables/none/follow"),
            (406, "html /v1/tables/shop.orders/follow"),
            (503, "Unavailable /v1/tables/shop.orders/follow"),
            (503, "Busy /v1/tables/shop.orders/follow"),
        ],
    };

    [Fact]
    public void PathsAreThoseThatTheServerLists()
    {
        using var server = new Server();
        using var description = Describe(server);
        var paths = description.RootElement.GetProperty("paths").EnumerateObject().Select(p => p.Name).ToList();
        Assert.Equal("3.1.0", description.RootElement.GetProperty("openapi").GetString());
        Assert.Equal(server.Text("/").TrimEnd('\n').Split('\n'), paths);
        Assert.Equal(Ways.Keys.Order(), paths.Order());
    }

    [Fact]
    public void EveryStatusOfTheDescriptionIsOneThatTheServerHasAndNoOther()
    {
        using var server = new Server();
        using var description = Describe(server);
        server.Tables.Append(1);
        foreach (var path in description.RootElement.GetProperty("paths").EnumerateObject())
        {
            var answers = path.Value.GetProperty("get").GetProperty("responses");
            var seen = new HashSet<string> { "500" };
            foreach (var (status, ask) in Ways[path.Name].Concat(CommonWays(path.Name)))
            {
                using var answer = Ask(server, ask);
                Assert.True(status == (int)answer.StatusCode, $"{ask}: {(int)answer.StatusCode}");
                seen.Add($"{status}");
                var described = answers.GetProperty($"{status}");
                var type = answer.Content.Headers.ContentType!.MediaType!;
                Assert.True(described.GetProperty("content").TryGetProperty(type, out _), $"{ask}: {type}");
                if (described.TryGetProperty("headers", out var headers))
                    foreach (var header in headers.EnumerateObject())
                        Assert.True(answer.Headers.Contains(header.Name) || header.Name == "K2I-Snapshot", $"{ask}: {header.Name}");
            }
            Assert.Equal(answers.EnumerateObject().Select(a => a.Name).Order(), seen.Order());
        }
    }

    [Fact]
    public void EveryParameterOfTheDescriptionIsTakenAndEachOfItsValues()
    {
        using var server = new Server();
        using var description = Describe(server);
        server.Tables.Append(1);
        foreach (var path in description.RootElement.GetProperty("paths").EnumerateObject())
        {
            var place = Ways[path.Name][0].Ask;
            foreach (var parameter in path.Value.GetProperty("get").GetProperty("parameters").EnumerateArray())
            {
                var name = parameter.GetProperty("name").GetString()!;
                if (parameter.GetProperty("in").GetString() == "path")
                {
                    Assert.Contains($"{{{name}}}", path.Name, StringComparison.Ordinal);
                    continue;
                }
                var schema = parameter.GetProperty("schema");
                var isChoice = schema.TryGetProperty("enum", out var choices);
                foreach (var value in isChoice ? choices.EnumerateArray().Select(v => v.GetString()!) : ["x"])
                {
                    using var answer = server.Get($"{place}?{name}={Uri.EscapeDataString(value)}");
                    if (answer.StatusCode != HttpStatusCode.OK)
                        Assert.DoesNotContain("no parameter", Server.TextOf(answer), StringComparison.Ordinal);
                }
                if (isChoice)
                {
                    using var answer = server.Get($"{place}?{name}=none-of-them");
                    Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
                }
            }
        }
    }

    [Fact]
    public void EveryFormOfTheDescriptionIsGivenAndNamed()
    {
        using var server = new Server();
        using var description = Describe(server);
        server.Tables.Append(1);
        foreach (var path in ((string[])[Scan, Row, Follow, "/v1/tables", "/v1/tables/{table}"]))
        {
            var get = description.RootElement.GetProperty("paths").GetProperty(path).GetProperty("get");
            foreach (var type in get.GetProperty("responses").GetProperty("200").GetProperty("content").EnumerateObject())
            {
                using var answer = server.Get(Ways[path][0].Ask, type.Name);
                Assert.Equal((HttpStatusCode.OK, type.Name), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            }
        }
    }

    private static JsonDocument Describe(Server server) => JsonDocument.Parse(server.Text("/v1/openapi.json"));

    private static IEnumerable<(int Status, string Ask)> CommonWays(string path)
    {
        var ask = Ways[path][0].Ask;
        yield return (413, "body " + ask);
        if (path == "/healthz") yield break;
        yield return (401, "token " + ask);
        yield return (421, "foreign " + ask);
    }

    /// <summary>Asks in the way that stands before the path.</summary>
    private static HttpResponseMessage Ask(Server server, string ask)
    {
        var (way, path) = ask.Split(' ') is [var word, var rest] ? (word, rest) : ("", ask);
        server.Source.Alive = server.Source.Ready = server.Source.Healthy = way != "unwell";
        server.Tables.Trouble = Enum.TryParse<QueryFault>(way, out var fault) ? new QueryException(fault, "on purpose") : null;
        switch (way)
        {
            case "html":
                return server.Get(path, "text/html");
            case "foreign":
                return server.Send(HttpMethod.Get, path, ("Host", "evil.example"));
            case "body":
                using (var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path)))
                {
                    request.Content = new StringContent("body");
                    return server.Client.Send(request);
                }
            case "token":
                using (var closed = new Server(change: o => o with { Token = "correct horse battery staple" })) return closed.Get(path);
            default:
                return server.Get(path);
        }
    }
}
