using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>
/// Requests to S3 signed by the catalog's server, which has the keys and sees to it that they are about the table. An answer is used
/// again for the same
/// request for as long as the server lets it. Any thread.
/// </summary>
/// <param name="grant">Where and how signatures are asked for, as the server puts it.</param>
/// <param name="root">The catalog's address: no other host is asked, since it would be sent our login.</param>
/// <param name="clock">Tells when answers have become old.</param>
/// <param name="send">Asks the server, as who we are for the table.</param>
internal sealed class RemoteSigner(IStorageGrant grant, string root, IClock clock, Func<RestRequest, RestAnswer> send) : IRequestSigner
{
    private const string UsualEndpoint = "v1/aws/s3/sign", HashHeader = "x-amz-content-sha256", Unsigned = "UNSIGNED-PAYLOAD";

    private const int MostKept = 200;

    /// <summary>A signature is good for a quarter of an hour; this much of it an answer is used for at most.</summary>
    private const long LongestKeptMs = 300_000;

    private readonly ConcurrentDictionary<string, (Signed Signed, long UntilMs)> kept = new(StringComparer.Ordinal);

    public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body)
    {
        request.Headers.Remove(HashHeader);
        request.Headers.TryAddWithoutValidation(HashHeader, Unsigned);
        var key = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head ? KeyOf(request) : null;
        if (key is not null && kept.TryGetValue(key, out var known) && clock.MonotonicMs < known.UntilMs)
        {
            Apply(known.Signed, request);
            return;
        }
        var properties = grant.Current();
        var answer = send(new RestRequest(HttpMethod.Post, AddressOf(properties)) { Body = Question(request, body, properties) });
        if (!answer.IsSuccess)
        {
            var kind = RestStatus.IsUncertain(answer.Status) ? ErrorKind.Unavailable : RestStatus.KindOf(answer.Status);
            throw new EngineException(kind, $"{request.RequestUri}: the catalog does not sign this: {answer.Problem}");
        }
        var signed = Read(answer, request.RequestUri!);
        Apply(signed, request);
        if (key is not null) Keep(key, signed, answer);
    }

    private string AddressOf(ImmutableSortedDictionary<string, string> properties)
    {
        string? Setting(string name) => properties.GetValueOrDefault(name) is { Length: > 0 } own ? own
            : properties.GetValueOrDefault("s3." + name);
        var home = Setting("signer.uri") is { Length: > 0 } told ? RestConfig.AddressOnSameHost(told, root) : root;
        return (home is null ? null
            : RestConfig.AddressOnSameHost(Setting("signer.endpoint") is { Length: > 0 } at ? at : UsualEndpoint, home))
            ?? throw new EngineException(ErrorKind.Denied,
                $"{root} wants requests to be signed by another host, which would be sent our login");
    }

    /// <summary>S3SignRequest. The body goes with those alone whose body says which objects they are about.</summary>
    private static byte[] Question(HttpRequestMessage request, ReadOnlySpan<byte> body,
        ImmutableSortedDictionary<string, string> properties)
    {
        var uri = request.RequestUri!;
        var told = request.Method == HttpMethod.Post && uri.Query.Contains("delete", StringComparison.Ordinal)
            ? Encoding.UTF8.GetString(body) : null;
        return Json.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("region", properties.GetValueOrDefault("client.region") ?? properties.GetValueOrDefault("s3.region")
                ?? "us-east-1");
            json.WriteString("uri", uri.AbsoluteUri);
            json.WriteString("method", request.Method.Method);
            json.WriteStartObject("headers");
            WriteHeader(json, "Host", uri.IsDefaultPort ? uri.Host : $"{uri.Host}:{uri.Port}");
            foreach (var (name, value) in request.Headers.NonValidated) WriteHeader(json, name, value.ToString());
            json.WriteEndObject();
            if (told is not null) json.WriteString("body", told);
            json.WriteEndObject();
        });
    }

    private static void WriteHeader(Utf8JsonWriter json, string name, string value)
    {
        json.WriteStartArray(name);
        json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static Signed Read(RestAnswer answer, Uri asked)
    {
        const string what = "the catalog's signature";
        return Json.Parse(answer.Body, what, root =>
        {
            Json.NeedObject(root, what);
            var uri = Json.OptString(root, "uri", what) ?? asked.AbsoluteUri;
            if (RestConfig.AddressOnSameHost(uri,
                asked.GetLeftPart(UriPartial.Authority)) is null) throw new EngineException(ErrorKind.Denied,
                    $"{what} is for another host than {asked.Authority}");
            var headers = Json.Need(root, "headers", what);
            Json.NeedObject(headers, what);
            return new Signed(uri, [.. headers.EnumerateObject().Where(h => IsOurs(h.Name))
                .Select(h => (h.Name, string.Join(',', Json.Array(headers, h.Name, what, v => Json.AsString(v, h.Name, what)))))]);
        });
    }

    /// <summary>Those of the connection and the body are what they are.</summary>
    private static bool IsOurs(string name) => !name.Equals("host", StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith("content-", StringComparison.OrdinalIgnoreCase);

    private static void Apply(Signed signed, HttpRequestMessage request)
    {
        if (signed.Uri != request.RequestUri!.AbsoluteUri)
            request.RequestUri = new Uri(signed.Uri, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        foreach (var (name, value) in signed.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private void Keep(string key, Signed signed, RestAnswer answer)
    {
        if (answer.KeepMs is not { } ms || ms <= 0) return;
        if (kept.Count >= MostKept) kept.Clear();
        kept[key] = (signed, clock.MonotonicMs + Math.Min(ms, LongestKeptMs));
    }

    /// <summary>Whatever of a request a signature may cover.</summary>
    private static string KeyOf(HttpRequestMessage request)
    {
        var key = new StringBuilder(request.Method.Method).Append(' ').Append(request.RequestUri!.AbsoluteUri);
        foreach (var (name, value) in request.Headers.NonValidated) key.Append('\n').Append(name).Append(':').Append(value.ToString());
        return key.ToString();
    }

    /// <param name="Uri">Where the request goes.</param>
    /// <param name="Headers">What is added to it.</param>
    private sealed record Signed(string Uri, ImmutableArray<(string Name, string Value)> Headers);
}
