using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using K2I.Base;

namespace K2I.Catalogs.Glue;

/// <summary>
/// Requests to Glue: JSON 1.1, signed, each sent once. What an answer means is decided here once. Any thread; calls block.
/// </summary>
/// <remarks>
/// Returned are success and the errors <see cref="Missing"/>, <see cref="Exists"/> and <see cref="Concurrent"/>; any other is an exception.
/// Without an answer, or with an error of the server, a change is Unknown. Redirects are not followed: a signature would go where it does
/// not belong.
/// </remarks>
internal sealed class GlueClient : IDisposable
{
    public const string Missing = "EntityNotFoundException", Exists = "AlreadyExistsException",
        Concurrent = "ConcurrentModificationException";

    private const int ConnectMs = 5_000, TimeoutMs = 30_000, LongestAnswer = 64 << 20;

    private readonly GlueOptions options;
    private readonly HttpClient http;

    public GlueClient(GlueOptions options)
    {
        this.options = options;
        var transport = new HttpTransport { CaFile = options.CaFile, ConnectTimeoutMs = ConnectMs };
        http = new HttpClient(transport.Handler()) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LongestAnswer };
    }

    public GlueAnswer Call(string operation, JsonObject input, bool changes)
    {
        if (options.CatalogId is { } id) input["CatalogId"] = id;
        var body = Encoding.UTF8.GetBytes(input.ToJsonString());
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Endpoint) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.TryAddWithoutValidation("X-Amz-Target", "AWSGlue." + operation);
        options.Signer.Sign(request, body);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(CallScope.Token);
        limit.CancelAfter(TimeoutMs);
        try
        {
            using var response = http.Send(request, HttpCompletionOption.ResponseContentRead, limit.Token);
            using var content = response.Content.ReadAsStream(limit.Token);
            return Answer((int)response.StatusCode, content, operation, changes);
        }
        catch (HttpRequestException error) when (HttpTransport.WasNotSent(error))
        {
            throw Failed(ErrorKind.Unavailable, operation, error.Message, error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            var why = CallScope.HasEnded ? "ended by a stop before its answer"
                : limit.IsCancellationRequested ? $"no answer within {TimeoutMs} ms" : error.Message;
            throw Failed(changes ? ErrorKind.Unknown : ErrorKind.Unavailable, operation, why, error);
        }
    }

    public void Dispose() => http.Dispose();

    private GlueAnswer Answer(int status, Stream content, string operation, bool changes)
    {
        JsonElement body;
        try
        {
            using var json = JsonDocument.Parse(content);
            body = json.RootElement.Clone();
        }
        catch (JsonException error)
        {
            // A proxy's page, or half an answer.
            var kind = status is >= 400 and < 500 ? ErrorKind.Unavailable : changes ? ErrorKind.Unknown : ErrorKind.Unavailable;
            throw Failed(kind, operation, $"status {status} without JSON", error);
        }
        if (status is >= 200 and < 300) return new GlueAnswer(null, "", body);
        var type = Text(body, "__type");
        var code = type[(type.LastIndexOf('#') + 1)..];
        var message = Text(body, "Message") is { Length: > 0 } text ? text : Text(body, "message");
        if (code is Missing or Exists or Concurrent) return new GlueAnswer(code, message, body);
        throw Failed(KindOf(status, code, changes), operation, $"{(code.Length > 0 ? code : $"status {status}")}: {message}");
    }

    private static ErrorKind KindOf(int status, string code, bool changes)
    {
        if (status >= 500 || code == "OperationTimeoutException") return changes ? ErrorKind.Unknown : ErrorKind.Unavailable;
        if (status == 429 || code.Contains("Throttl", StringComparison.Ordinal)
            || code is "RequestLimitExceeded" or "ResourceNotReadyException" or "RequestExpired") return ErrorKind.Unavailable;
        return status is 401 or 403 || code is "AccessDeniedException" or "UnrecognizedClientException" or "ExpiredTokenException"
            or "InvalidSignatureException" or "MissingAuthenticationTokenException" or "IncompleteSignatureException" ? ErrorKind.Denied
            : ErrorKind.Invalid;
    }

    private EngineException Failed(ErrorKind kind, string operation, string why, Exception? error = null) =>
        new(kind, $"{operation} at {options.Endpoint.GetLeftPart(UriPartial.Authority)}: {why}", error);

    private static string Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()! : "";
}
