using System.Globalization;
using System.Net.Http.Headers;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>
/// Requests to one server: login, time limits, bounded answers, and what a failure on the way means. Any thread; calls block.
/// </summary>
/// <remarks>
/// <para>An answer of any status is returned. Without a whole answer: Unavailable where the request certainly was not carried out
/// (nothing was sent, or
/// it only asks), Unknown where it may have been. A request is sent once; only a refused token (401, 419) makes another one and one more
/// try.</para>
/// <para>A stop (<see cref="CallScope"/>) ends waits and requests: as if there had been no answer.</para>
/// <para>Redirects are not followed: a token would go where it does not belong.</para>
/// </remarks>
public sealed class RestClient : IDisposable
{
    /// <summary>The longest that a call waits because the server asked for it; beyond that it fails.</summary>
    private const long LongestPauseMs = 10_000;

    private const long LongestRetryAfterMs = 300_000;

    private const string DelegationHeader = "X-Iceberg-Access-Delegation";

    private readonly RestOptions options;
    private readonly IClock clock;
    private readonly HttpClient http;
    private readonly RestLogin login;
    private long notBeforeMs = long.MinValue;

    public RestClient(RestOptions options, IClock clock)
    {
        this.options = options;
        this.clock = clock;
        Root = RootOf(options.Uri);
        login = new RestLogin(options, clock, Login);
        http = new HttpClient(TransportOf(options).Handler())
        {
            Timeout = TimeSpan.FromMilliseconds(options.TimeoutMs),
            MaxResponseContentBufferSize = options.MaxAnswerBytes,
        };
    }

    /// <summary>The catalog's URI without a slash at the end.</summary>
    public string Root { get; }

    public string Scrub(string text) => login.Scrub(text);

    public void Dispose() => http.Dispose();

    /// <summary>Whatever it is answered. A token that is refused is replaced once, a table's own by the catalog's.</summary>
    public RestAnswer Send(RestRequest request)
    {
        for (var again = false; ;)
        {
            Pause();
            var ofTable = request.Token?.Value;
            var token = ofTable ?? login.Token();
            var answer = Once(Message(request, token), request.Uri, request.Changes);
            if (answer.Status is not (401 or 419)) return answer with { Secret = ofTable };
            if (ofTable is not null) request.Token!.Refuse();
            else if (again || !login.Refused(token)) return answer;
            else again = true;
        }
    }

    private HttpRequestMessage Message(RestRequest request, string? token)
    {
        var message = Request(request.Method, request.Uri, request.Body, "application/json");
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        foreach (var (name, value) in options.Headers) message.Headers.TryAddWithoutValidation(name, value);
        if (token is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (request.IfNoneMatch is { } tag) message.Headers.TryAddWithoutValidation("If-None-Match", tag);
        if (request.IdempotencyKey is { } key) message.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (request.Delegation is { } wanted
            && !message.Headers.Contains(DelegationHeader)) message.Headers.TryAddWithoutValidation(DelegationHeader, wanted);
        options.Signer?.Sign(message, request.Body);
        return message;
    }

    private RestAnswer Login(string uri, byte[] form, AuthenticationHeaderValue? who)
    {
        var message = Request(HttpMethod.Post, uri, form, "application/x-www-form-urlencoded");
        message.Headers.Authorization = who;
        return Once(message, uri, changes: false);
    }

    private static HttpRequestMessage Request(HttpMethod method, string uri, byte[]? body, string type)
    {
        // As it was escaped here: a namespace's separator must arrive as it is.
        var request = new HttpRequestMessage(method, new Uri(uri,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (body is null) return request;
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return request;
    }

    private RestAnswer Once(HttpRequestMessage request, string uri, bool changes)
    {
        using (request)
        {
            if (CallScope.HasEnded) throw new EngineException(ErrorKind.Unavailable, $"{uri}: not asked any more because of a stop");
            try
            {
                using var response = http.Send(request, HttpCompletionOption.ResponseContentRead, CallScope.Token);
                NoteRetryAfter(response);
                using var body = response.Content.ReadAsStream();
                var bytes = new byte[body.Length];
                body.ReadExactly(bytes);
                var tag = response.Headers.TryGetValues("ETag", out var tags) ? tags.FirstOrDefault() : null;
                return new RestAnswer((int)response.StatusCode, bytes, tag) { KeepMs = RestAnswer.KeepMsOf(response.Headers.CacheControl) };
            }
            catch (HttpRequestException error)
            {
                throw new EngineException(changes && !HttpTransport.WasNotSent(error) ? ErrorKind.Unknown : ErrorKind.Unavailable,
                    $"{uri}: {Scrub(error.InnerException?.Message ?? error.Message)}", error);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                // A stop at the answer's last byte takes the answer away. Also where connecting took too long: that much cannot be told
                // apart with certainty.
                var why = CallScope.HasEnded ? "ended by a stop before its answer" : $"no answer within {options.TimeoutMs} ms";
                throw new EngineException(changes ? ErrorKind.Unknown : ErrorKind.Unavailable, $"{uri}: {why}", error);
            }
            catch (IOException error)
            {
                throw new EngineException(changes ? ErrorKind.Unknown : ErrorKind.Unavailable, $"{uri}: {error.Message}", error);
            }
        }
    }

    /// <summary>A server that asks to be left alone for a while is.</summary>
    private void NoteRetryAfter(HttpResponseMessage response)
    {
        if ((int)response.StatusCode is not (429 or 503) || response.Headers.RetryAfter is not { } wait) return;
        var ms = wait.Delta is { } delta ? (long)delta.TotalMilliseconds : wait.Date is { } date
            ? date.ToUnixTimeMilliseconds() - clock.UnixMs : 0;
        Volatile.Write(ref notBeforeMs, clock.MonotonicMs + Math.Clamp(ms, 0, LongestRetryAfterMs));
    }

    private void Pause()
    {
        var wait = Volatile.Read(ref notBeforeMs) - clock.MonotonicMs;
        if (Volatile.Read(ref notBeforeMs) == long.MinValue || wait <= 0) return;
        if (wait > LongestPauseMs) throw new EngineException(ErrorKind.Unavailable,
            string.Create(CultureInfo.InvariantCulture, $"{Root} asks not to be called for {wait / 1000} s more"));
        CallScope.Sleep(clock, wait);
    }

    private static HttpTransport TransportOf(RestOptions options) => new()
    {
        CaFile = options.CaFile,
        ClientCertificate = options.ClientCertificate,
        Proxy = options.Proxy,
        ConnectTimeoutMs = options.ConnectTimeoutMs,
    };

    private static string RootOf(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0
            || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            throw new EngineException(ErrorKind.Invalid, "the catalog's uri is not http:// or https:// with a host and maybe a path");
        return text.TrimEnd('/');
    }
}
