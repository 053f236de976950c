using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace K2I.Catalogs.Tests;

/// <summary>
/// A stand-in for a Nessie server: its API as far as it is used here, with the answers, in their shapes, that a real one (0.99.0) was
/// seen to give. It is no judge of what a real one does.
/// </summary>
internal sealed class FakeNessie : IDisposable
{
    private readonly LocalHttp server;
    private readonly List<(string Hash, SortedDictionary<string, JsonObject> Contents, JsonObject Properties)> log = [];
    private int ids;

    public FakeNessie()
    {
        server = new LocalHttp(context =>
        {
            ThreadPool.QueueUserWorkItem(_ => Serve(context));
            return Task.CompletedTask;
        });
        log.Add((HashOf(0), new(StringComparer.Ordinal), []));
    }

    public string Uri => server.Uri + "/api/v2";

    public List<string> Messages { get; } = [];

    /// <summary>The token that is demanded.</summary>
    public string? Token { get; set; }

    /// <summary>What was asked of its login, at <c>/login</c>: forms, which are given the token.</summary>
    public List<string> Logins { get; } = [];

    /// <summary>What becomes of the next commit: it may take effect, or not, or late, and its answer is lost.</summary>
    public Action<Action>? Losing { get; set; }

    public void Dispose() => server.Dispose();

    /// <summary>Answers one request; the commits of others among the calls of a test come through here too.</summary>
    public (int Status, JsonNode Body) Answer(string method, string path, string query, string body)
    {
        lock (log)
        {
            var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            var reference = parts[1].Split('@');
            if (reference[0] is not ("main" or "v1")) return Problem(404, "REFERENCE_NOT_FOUND",
                $"Named reference '{reference[0]}' not found");
            var at = reference.Length == 1 ? log.Count - 1 : log.FindIndex(c => c.Hash == reference[1]);
            if (at < 0) return Problem(404, "REFERENCE_NOT_FOUND", $"Commit '{reference[1]}' not found");
            return (method, string.Join('/', parts[2..])) switch
            {
                ("POST", "contents") => (200, Contents(at, JsonNode.Parse(body)!)),
                ("GET", "entries") => (200, Entries(at, query)),
                ("GET", "history") => (200, History(query)),
                ("POST", "history/commit") => reference.Length == 1 ? Problem(400, "BAD_REQUEST", "Expected hash must be provided.")
                    : Commit(at, JsonNode.Parse(body)!),
                _ => Problem(404, "UNKNOWN", "no such path"),
            };
        }
    }

    private JsonObject Contents(int at, JsonNode body)
    {
        var found = new JsonArray();
        foreach (var key in body["requestedKeys"]!.AsArray())
            if (log[at].Contents.TryGetValue(KeyOf(key!), out var content))
                found.Add(new JsonObject { ["key"] = key!.DeepClone(), ["content"] = content.DeepClone() });
        return new JsonObject { ["contents"] = found, ["effectiveReference"] = Branch(at) };
    }

    private JsonObject Entries(int at, string query)
    {
        const int page = 2;
        var from = query.Contains("page-token=", StringComparison.Ordinal)
            ? int.Parse(query.Split("page-token=")[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
        var type = query.Split("contentType=='")[1].Split('\'')[0];
        var all = log[at].Contents.Where(c => (string)c.Value["type"]! == type).ToList();
        var entries = new JsonArray([.. all.Skip(from).Take(page).Select(c => new JsonObject
        {
            ["type"] = type,
            ["name"] = new JsonObject { ["elements"] = new JsonArray([.. c.Key.Split('\0').Select(e => (JsonNode)e)]) },
            ["contentId"] = (string)c.Value["id"]!,
        })]);
        var answer = new JsonObject { ["entries"] = entries, ["hasMore"] = from + page < all.Count };
        if (from + page < all.Count) answer["token"] = $"{from + page}";
        return answer;
    }

    private JsonObject History(string query)
    {
        var mark = query.Split("]=='")[1].Split('\'')[0];
        var found = log.Where(c => (string?)c.Properties["k2i-commit"] == mark).Select(c =>
            new JsonObject { ["commitMeta"] = new JsonObject { ["hash"] = c.Hash } });
        return new JsonObject { ["hasMore"] = false, ["logEntries"] = new JsonArray([.. found]) };
    }

    private (int, JsonNode) Commit(int at, JsonNode body)
    {
        var (seen, now) = (log[at].Contents, log[^1].Contents);
        var next = new SortedDictionary<string, JsonObject>(now, StringComparer.Ordinal);
        var added = new JsonArray();
        foreach (var operation in body["operations"]!.AsArray())
        {
            var key = KeyOf(operation!["key"]!);
            var (then, current) = (seen.GetValueOrDefault(key), now.GetValueOrDefault(key));
            if (then is null && current is not null) return Conflict("KEY_EXISTS", $"Key '{Shown(key)}' already exists.");
            if (then is not null && !JsonNode.DeepEquals(then, current)) return Conflict("VALUE_DIFFERS",
                $"Values of existing and expected content for key '{Shown(key)}' are different.");
            if ((string)operation["type"]! == "DELETE")
            {
                if (!next.Remove(key)) return Conflict("KEY_DOES_NOT_EXIST", $"Key '{Shown(key)}' does not exist.");
                continue;
            }
            var content = operation["content"]!.DeepClone().AsObject();
            var isRenamed = content["id"] is not null && current is null;
            if (current is not null && (string?)content["id"] != (string?)current["id"])
                return Problem(400, "BAD_REQUEST", $"New value to update existing key '{Shown(key)}' has no content ID");
            if (isRenamed && !now.Values.Any(c => (string)c["id"]! == (string)content["id"]!)) return Problem(400, "BAD_REQUEST",
                "content ID is unknown");
            if (key.LastIndexOf('\0') is > 0 and var end && (string?)next.GetValueOrDefault(key[..end])?["type"] != "NAMESPACE")
                return Conflict("NAMESPACE_ABSENT", $"Namespace '{Shown(key[..end])}' must exist.");
            if (content["id"] is null)
            {
                content["id"] = $"id-{++ids}";
                added.Add(new JsonObject { ["key"] = operation["key"]!.DeepClone(), ["contentId"] = (string)content["id"]! });
            }
            next[key] = content;
        }
        log.Add((HashOf(log.Count), next, body["commitMeta"]!["properties"]!.DeepClone().AsObject()));
        Messages.Add((string)body["commitMeta"]!["message"]!);
        return (200, new JsonObject { ["targetBranch"] = Branch(log.Count - 1), ["addedContents"] = added.Count == 0 ? null : added });
    }

    private void Serve(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var (method, uri, body) = (context.Request.HttpMethod,
            new Uri(Uri + context.Request.RawUrl![(new Uri(Uri).AbsolutePath.Length)..]), reader.ReadToEnd());
        var path = System.Uri.UnescapeDataString(uri.AbsolutePath)[new Uri(Uri).AbsolutePath.Length..];
        var query = System.Uri.UnescapeDataString(uri.Query);
        if (path == "/login")
        {
            Logins.Add(body);
            Send(context, 200, new JsonObject { ["access_token"] = Token, ["token_type"] = "Bearer", ["expires_in"] = 3_600 });
            return;
        }
        if (Token is not null && context.Request.Headers["Authorization"] != $"Bearer {Token}")
        {
            Send(context, 401, Problem(401, "UNKNOWN", $"{context.Request.Headers["Authorization"]} is not known").Body);
            return;
        }
        if (path.EndsWith("/commit", StringComparison.Ordinal) && body.Contains("ICEBERG_TABLE", StringComparison.Ordinal)
            && Losing is { } losing)
        {
            Losing = null;
            losing(() => Assert.Equal(200, Answer(method, path, query, body).Status));
            context.Response.Abort();
            return;
        }
        var (status, answer) = Answer(method, path, query, body);
        Send(context, status, answer);
    }

    private static void Send(HttpListenerContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.Close(Encoding.UTF8.GetBytes(body.ToJsonString()), willBlock: true);
    }

    private JsonObject Branch(int at) => new() { ["type"] = "BRANCH", ["name"] = "main", ["hash"] = log[at].Hash };

    private static (int Status, JsonNode Body) Problem(int status, string code, string message) =>
        (status, new JsonObject { ["status"] = status, ["reason"] = "Problem", ["message"] = message, ["errorCode"] = code });

    private static (int, JsonNode) Conflict(string type, string message)
    {
        var (status, body) = Problem(409, "REFERENCE_CONFLICT", message);
        body["errorDetails"] = new JsonObject
        {
            ["type"] = "REFERENCE_CONFLICTS",
            ["conflicts"] = new JsonArray(new JsonObject { ["conflictType"] = type, ["message"] = message }),
        };
        return (status, body);
    }

    private static string KeyOf(JsonNode key) => string.Join('\0', key["elements"]!.AsArray().Select(e => (string)e!));

    private static string Shown(string key) => key.Replace('\0', '.');

    private static string HashOf(int number) => number.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
}
