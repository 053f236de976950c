using System.Net.Http.Headers;
using System.Text.Json;
using K2I.Base;

namespace K2I.Catalogs.Nessie;

/// <summary>Requests to a Nessie server. Any thread; calls block until an answer, a time limit or a stop.</summary>
/// <remarks>
/// An answer of any status is returned, but for those that leave open what became of a change (5xx, 408): like a missing answer they are
/// Unknown where something
/// was to be changed, else Unavailable. Each request is sent once. Redirects are not followed: a token would go where it does not belong.
/// </remarks>
internal sealed class NessieClient : IDisposable
{
    private const long MostAnswerBytes = 64L << 20;

    private readonly NessieOptions options;
    private readonly HttpClient http;

    public NessieClient(NessieOptions options)
    {
        this.options = options;
        Root = options.Uri.TrimEnd('/');
        http = new HttpClient(new HttpTransport { ConnectTimeoutMs = options.ConnectTimeoutMs }.Handler())
        {
            Timeout = TimeSpan.FromMilliseconds(options.TimeoutMs),
            MaxResponseContentBufferSize = MostAnswerBytes,
        };
    }

    /// <summary>The API's address without a slash at the end.</summary>
    public string Root { get; }

    public NessieAnswer Get(string path) => Send(HttpMethod.Get, path, null, changes: false);

    /// <summary>Asks with a body.</summary>
    public NessieAnswer Ask(string path, byte[] body) => Send(HttpMethod.Post, path, body, changes: false);

    public NessieAnswer Change(string path, byte[] body) => Send(HttpMethod.Post, path, body, changes: true);

    public void Dispose() => http.Dispose();

    private NessieAnswer Send(HttpMethod method, string path, byte[]? body, bool changes)
    {
        var uri = Root + path;
        if (CallScope.HasEnded) throw new EngineException(ErrorKind.Unavailable, $"{uri}: not asked any more because of a stop");
        using var request = new HttpRequestMessage(method,
            new Uri(uri, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        foreach (var (name, value) in options.Headers) request.Headers.TryAddWithoutValidation(name, value);
        if (options.Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        try
        {
            using var response = http.Send(request, HttpCompletionOption.ResponseContentRead, CallScope.Token);
            using var content = response.Content.ReadAsStream();
            return Answer(uri, (int)response.StatusCode, content, changes);
        }
        catch (HttpRequestException error)
        {
            throw NoAnswer(uri, error.InnerException?.Message ?? error.Message, changes && !HttpTransport.WasNotSent(error), error);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // A stop at the answer's last byte takes the answer away.
            throw NoAnswer(uri, CallScope.HasEnded ? "ended by a stop before its answer" : $"no answer within {options.TimeoutMs} ms",
                changes, error);
        }
        catch (IOException error)
        {
            throw NoAnswer(uri, error.Message, changes, error);
        }
    }

    private NessieAnswer Answer(string uri, int status, Stream content, bool changes)
    {
        JsonElement body = default;
        try
        {
            if (content.Length > 0)
            {
                using var document = JsonDocument.Parse(content);
                body = document.RootElement.Clone();
            }
        }
        catch (JsonException error)
        {
            if (status < 300) throw NoAnswer(uri, $"answers, but not as a Nessie server: {error.Message}", changes, error);
        }
        var answer = new NessieAnswer(status, body);
        return status is >= 500 or 408 ? throw NoAnswer(uri, Scrub(answer.Problem), changes, null) : answer;
    }

    public string Scrub(string text) =>
        options.Token is { Length: > 0 } token ? text.Replace(token, "***", StringComparison.Ordinal) : text;

    private static EngineException NoAnswer(string uri, string why, bool isOpen, Exception? inner) =>
        new(isOpen ? ErrorKind.Unknown : ErrorKind.Unavailable, $"{uri}: {why}", inner);
}
