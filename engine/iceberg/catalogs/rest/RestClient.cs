using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Requests to one server: login, time limits, bounded answers, and what a failure on the way means. Any thread; calls block.</summary>
/// <remarks>
/// <para>An answer of any status is returned. Without a whole answer: Unavailable where the request certainly was not carried out (nothing was sent, or
/// it only asks), Unknown where it may have been. A request is sent once; only a refused login (401, 419) makes a new token and one more try.</para>
/// <para>A stop (<see cref="CallScope"/>) ends waits and requests: as if there had been no answer.</para>
/// <para>Redirects are not followed: a token would go where it does not belong.</para>
/// </remarks>
internal sealed class RestClient : IDisposable
{
    /// <summary>The longest that a call waits because the server asked for it; beyond that it fails.</summary>
    private const long LongestPauseMs = 10_000;

    private const long LongestRetryAfterMs = 300_000;

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
        login = new RestLogin(options, clock, (uri, form) => Once(Request(HttpMethod.Post, uri, form, "application/x-www-form-urlencoded"), uri, changes: false));
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromMilliseconds(options.ConnectTimeoutMs),
            // Short, so that a commit seldom goes out on a connection that the server is just closing.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            UseCookies = false,
        })
        {
            Timeout = TimeSpan.FromMilliseconds(options.TimeoutMs),
            MaxResponseContentBufferSize = options.MaxAnswerBytes,
        };
    }

    /// <summary>The catalog's URI without a slash at the end.</summary>
    public string Root { get; }

    public RestAnswer Get(string path, string? ifNoneMatch = null) => Send(HttpMethod.Get, path, null, changes: false, ifNoneMatch);

    public RestAnswer Post(string path, byte[] body, string? idempotencyKey = null) => Send(HttpMethod.Post, path, body, changes: true, idempotencyKey: idempotencyKey);

    public RestAnswer Delete(string path) => Send(HttpMethod.Delete, path, null, changes: true);

    public string Scrub(string text) => login.Scrub(text);

    public void Dispose() => http.Dispose();

    private RestAnswer Send(HttpMethod method, string path, byte[]? body, bool changes, string? ifNoneMatch = null, string? idempotencyKey = null)
    {
        for (var again = false; ; again = true)
        {
            Pause();
            var token = login.Token();
            var request = Request(method, Root + path, body, "application/json");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            foreach (var (name, value) in options.Headers) request.Headers.TryAddWithoutValidation(name, value);
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (ifNoneMatch is not null) request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
            if (idempotencyKey is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
            var answer = Once(request, Root + path, changes);
            if (answer.Status is not (401 or 419) || again || !login.Refused(token)) return answer;
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, string uri, byte[]? body, string type)
    {
        // As it was escaped here: a namespace's separator must arrive as it is.
        var request = new HttpRequestMessage(method, new Uri(uri, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
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
                return new RestAnswer((int)response.StatusCode, bytes, response.Headers.TryGetValues("ETag", out var tags) ? tags.FirstOrDefault() : null);
            }
            catch (HttpRequestException error)
            {
                var notSent = error.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
                throw new EngineException(changes && !notSent ? ErrorKind.Unknown : ErrorKind.Unavailable, $"{uri}: {Scrub(error.InnerException?.Message ?? error.Message)}", error);
            }
            catch (OperationCanceledException error)
            {
                // Also where connecting took too long: that much cannot be told apart with certainty.
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
        var ms = wait.Delta is { } delta ? (long)delta.TotalMilliseconds : wait.Date is { } date ? date.ToUnixTimeMilliseconds() - clock.UnixMs : 0;
        Volatile.Write(ref notBeforeMs, clock.MonotonicMs + Math.Clamp(ms, 0, LongestRetryAfterMs));
    }

    private void Pause()
    {
        var wait = Volatile.Read(ref notBeforeMs) - clock.MonotonicMs;
        if (Volatile.Read(ref notBeforeMs) == long.MinValue || wait <= 0) return;
        if (wait > LongestPauseMs) throw new EngineException(ErrorKind.Unavailable, string.Create(CultureInfo.InvariantCulture, $"{Root} asks not to be called for {wait / 1000} s more"));
        CallScope.Sleep(clock, wait);
    }

    private static string RootOf(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            throw new EngineException(ErrorKind.Invalid, "the catalog's uri is not http:// or https:// with a host and maybe a path");
        return text.TrimEnd('/');
    }
}
