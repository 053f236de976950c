using System.Collections.Immutable;
using System.Text.Json;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Namespaces, and what is in them.</summary>
public sealed partial class RestCatalog
{
    private const int MostPages = 10_000;

    public IEnumerable<ImmutableArray<string>> ListNamespaces() => NamespacesBelow([]);

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace)
    {
        TableNames.RequireNamespace(inNamespace, strict: false);
        Config().Require(RestEndpoint.ListTables);
        return Pages($"{UriOf(inNamespace)}/tables?", "identifiers", (json, what) =>
        {
            Json.NeedObject(json, what);
            return new TableIdent(Json.Array(json, "namespace", what, e => Json.AsString(e, "namespace", what)),
                Json.String(json, "name", what));
        });
    }

    /// <summary>Creates a namespace and, where the server wants them first, those above it.</summary>
    private void CreateNamespace(ImmutableArray<string> levels)
    {
        Config().Require(RestEndpoint.CreateNamespace);
        var request = new RestRequest(HttpMethod.Post, $"{Config().Base}/namespaces")
        {
            Body = RestBodies.Namespace(levels),
            Changes = true,
        };
        var answer = Change(request);
        if (answer.Status == 404 && levels.Length > 1)
        {
            CreateNamespace(levels[..^1]);
            answer = Change(request);
        }
        if (answer.Status == 409) return;
        // Nothing hangs on its outcome: the table's creation tells whether the namespace is there.
        if (RestStatus.IsUncertain(answer.Status)) throw new EngineException(ErrorKind.Unavailable,
            $"namespace {string.Join('.', levels)}: {Problem(answer)}");
        RequireSuccess(answer, $"namespace {string.Join('.', levels)} cannot be created", changes: false);
    }

    private IEnumerable<ImmutableArray<string>> NamespacesBelow(ImmutableArray<string> parent)
    {
        var query = parent.IsEmpty ? "" : $"parent={Config().Path(parent)}";
        Config().Require(RestEndpoint.ListNamespaces);
        foreach (var levels in Pages($"{Config().Base}/namespaces?{query}", "namespaces", Levels, isDeeper: !parent.IsEmpty))
        {
            if (levels.Length != parent.Length + 1) continue;
            yield return levels;
            foreach (var deeper in NamespacesBelow(levels)) yield return deeper;
        }

        static ImmutableArray<string> Levels(JsonElement json, string what) =>
            json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray().Select(e => Json.AsString(e, "namespaces", what))]
                : throw Json.Bad(what, "a namespace is not a list");
    }

    private IEnumerable<T> Pages<T>(string uri, string field, Func<JsonElement, string, T> read, bool isDeeper = false)
    {
        string? token = null;
        for (var page = 0; page < MostPages; page++)
        {
            var more = token is null ? "" : $"{(uri.EndsWith('?') ? "" : "&")}pageToken={Uri.EscapeDataString(token)}";
            var answer = client.Send(new RestRequest(HttpMethod.Get, token is null ? uri.TrimEnd('?') : uri + more));
            // Servers whose namespaces have one level (Glue, S3 Tables, Unity) refuse to look for more.
            if (answer.Status == 404 || (isDeeper && answer.Status is 400 or 405 or 406 or 501)) yield break;
            RequireSuccess(answer, uri, changes: false);
            var (items, next) = Json.Parse(answer.Body, uri, root =>
            {
                Json.NeedObject(root, uri);
                return (Json.OptArray(root, field, uri, e => read(e, uri)), Json.OptString(root, "next-page-token", uri));
            });
            foreach (var item in items) yield return item;
            if (string.IsNullOrEmpty(next) || next == token) yield break;
            token = next;
        }
    }
}
