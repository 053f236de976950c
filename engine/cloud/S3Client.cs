using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>
/// Requests to S3: signed, limited in time, sent again while errors pass. What an answer means is decided here once. Any thread; calls
/// block.
/// </summary>
/// <remarks>
/// <para>An answer is returned where its caller decides what it means: success, 404, 412, 416. Any other ends in an error that names the
/// location.
/// Without an answer the error is Unknown where the request changes what others see and may have been carried out, else Unavailable.</para>
/// <para>Requests are idempotent, or carry the condition that makes them so: sending one again does no more than sending it once. Beyond
/// <see cref="S3Options.RetryMs"/> the retries are their caller's.</para>
/// <para>A store that asks for slowness (503, 429) is given it by all callers. Redirects are not followed: a signature would go where it
/// does not belong.</para>
/// </remarks>
internal sealed class S3Client : IDisposable
{
    private const int FirstWaitMs = 100, LongestWaitMs = 5_000, AbortMs = 3_000, BytesPerMs = 256, PatienceOfSlowness = 6;

    private readonly S3Options options;
    private readonly S3Credentials credentials;
    private readonly IClock clock;
    private readonly IRandom random;
    private readonly HttpClient http;
    private long notBeforeMs = long.MinValue;

    public S3Client(S3Options options, IClock clock, IRandom random)
    {
        this.options = options;
        this.clock = clock;
        this.random = random;
        credentials = new S3Credentials(options);
        http = new HttpClient(Handler(options)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends it until it is answered.</summary>
    /// <param name="into">Where the bytes of a successful answer go, all or its first so many; empty for
    /// <see cref="S3Answer.Body"/>.</param>
    public S3Answer Send(S3Request request, Span<byte> into = default)
    {
        var startMs = clock.MonotonicMs;
        var doubt = false;
        for (var attempt = 1; ; attempt++)
        {
            Pause();
            EngineException failure;
            var patienceMs = (long)options.RetryMs;
            try
            {
                var answer = Attempt(request, into, options.TimeoutMs, CallScope.Token);
                if (S3Errors.Of(answer, request.Place) is not { } error) return answer with { AfterDoubt = doubt };
                failure = error;
                if (!S3Errors.Passes(answer)) throw failure;
                if (answer.Status is 429 or 503)
                {
                    patienceMs *= PatienceOfSlowness;
                    SlowDown(answer, attempt);
                }
                // 409 says that it was not done; an error of the server says nothing.
                doubt |= request.Changes && answer.Status >= 429;
            }
            catch (EngineException lost) when (lost.Kind is ErrorKind.Unavailable or ErrorKind.Unknown)
            {
                failure = lost;
                doubt |= request.Changes && lost.Kind == ErrorKind.Unknown;
            }
            if (CallScope.HasEnded || (attempt > 1 && clock.MonotonicMs - startMs >= patienceMs))
                throw new EngineException(doubt ? ErrorKind.Unknown : ErrorKind.Unavailable, failure.Message, failure);
            CallScope.Sleep(clock, WaitMs(attempt));
        }
    }

    /// <summary>Sends it once, without waiting for its answer; the body must stay until the task has ended.</summary>
    public async Task<HttpResponseMessage> Start(S3Request request, CancellationToken stop)
    {
        Pause();
        using var message = Message(request);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(options.TimeoutMs + (request.Body.Length / BytesPerMs));
        return await http.SendAsync(message, HttpCompletionOption.ResponseContentRead, limit.Token).ConfigureAwait(false);
    }

    /// <summary>What <see cref="Start"/> came to, once it has ended; null where it has to be sent again to know.</summary>
    public S3Answer? Finish(Task<HttpResponseMessage> sent)
    {
        try
        {
            using var response = sent.GetAwaiter().GetResult();
            var answer = Read(response, head: false, default);
            if (answer.Status is 429 or 503) SlowDown(answer, 1);
            return answer.IsSuccess ? answer : null;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    /// <summary>Sends once what only tidies up, even after a stop; whether it worked is of no consequence.</summary>
    public void Tidy(S3Request request)
    {
        try
        {
            _ = Attempt(request, default, AbortMs, CancellationToken.None);
        }
        catch (EngineException)
        {
            // What stays costs room only, until uploads that nobody ends are looked for.
        }
    }

    public void Dispose() => http.Dispose();

    private S3Answer Attempt(S3Request request, Span<byte> into, int timeoutMs, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
            throw new EngineException(ErrorKind.Unavailable, $"{request.Place.Location}: not asked any more because of a stop");
        using var message = Message(request);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var limitMs = timeoutMs + ((request.Body.Length + into.Length) / BytesPerMs);
        limit.CancelAfter(limitMs);
        try
        {
            using var response = http.Send(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            // A read that waits knows no token.
            using var stuck = limit.Token.Register(static r => ((HttpResponseMessage)r!).Dispose(), response);
            return Read(response, request.Method == HttpMethod.Head, into);
        }
        catch (HttpRequestException error) when (NotSent(error))
        {
            throw new EngineException(ErrorKind.Unavailable, $"{request.Place.Location}: {Reason(error)}", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            var why = stop.IsCancellationRequested ? "ended by a stop before its answer"
                : limit.IsCancellationRequested ? $"no answer within {limitMs} ms" : Reason(error);
            throw new EngineException(ErrorKind.Unknown, $"{request.Place.Location}: {why}", error);
        }
    }

    private HttpRequestMessage Message(S3Request request)
    {
        var region = credentials.Region();
        var (root, path) = S3Host.Of(options, region, request.Place);
        var query = string.Join('&', request.Query.Select(q => $"{Uri.EscapeDataString(q.Name)}={Uri.EscapeDataString(q.Value ?? "")}"));
        // As it was encoded here: it is what was signed.
        var uri = new Uri(root + path + (query.Length > 0 ? "?" + query : ""),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage(request.Method, uri);
        foreach (var (name, value) in request.Headers) message.Headers.TryAddWithoutValidation(name, value);
        if (request.Method == HttpMethod.Put || request.Method == HttpMethod.Post)
            message.Content = new ReadOnlyMemoryContent(request.Body);
        S3Signer.Sign(message, path, query, request.Body, credentials.Current(), region,
            DateTimeOffset.FromUnixTimeMilliseconds(clock.UnixMs).UtcDateTime);
        return message;
    }

    private static S3Answer Read(HttpResponseMessage response, bool head, Span<byte> into)
    {
        var status = (int)response.StatusCode;
        var length = response.Content.Headers.ContentLength;
        byte[] body = [];
        var read = length ?? 0;
        if (!head)
        {
            using var stream = response.Content.ReadAsStream();
            if (into.IsEmpty || !response.IsSuccessStatusCode) read = (body = Whole(stream, length)).LongLength;
            else if (length <= into.Length) stream.ReadExactly(into[..(int)length]);
            else if (length is null) read = stream.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
        }
        var (code, text) = response.IsSuccessStatusCode && response.RequestMessage?.Method != HttpMethod.Post
            ? ("", "") : S3Text.Error(body);
        // An upload that is being completed answers before it knows how that ends.
        if (response.IsSuccessStatusCode && code.Length > 0) status = 500;
        return new S3Answer(status, body, read)
        {
            ETag = Header("ETag"),
            Token = Header(S3Store.TokenHeader),
            Region = Header("x-amz-bucket-region"),
            ContentRange = response.Content.Headers.NonValidated.TryGetValues("Content-Range", out var range) ? range.ToString() : null,
            RetryAfterMs = (long?)response.Headers.RetryAfter?.Delta?.TotalMilliseconds,
            Error = (code, text),
        };

        string? Header(string name) => response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
    }

    private static byte[] Whole(Stream stream, long? length)
    {
        if (length is { } known)
        {
            var exact = new byte[known];
            stream.ReadExactly(exact);
            return exact;
        }
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }

    private void SlowDown(S3Answer answer, int attempt)
    {
        var until = clock.MonotonicMs + Math.Min(LongestWaitMs, answer.RetryAfterMs ?? WaitMs(attempt));
        if (until > Volatile.Read(ref notBeforeMs)) Volatile.Write(ref notBeforeMs, until);
    }

    private void Pause()
    {
        var until = Volatile.Read(ref notBeforeMs);
        if (until == long.MinValue || until - clock.MonotonicMs is not (> 0 and var waitMs)) return;
        // Those that wait do not come back all at once.
        CallScope.Sleep(clock, waitMs + random.NextInt64(waitMs + 1));
    }

    private long WaitMs(int attempt)
    {
        var wait = Math.Min(LongestWaitMs, (long)FirstWaitMs << Math.Min(attempt - 1, 10));
        return (wait / 2) + random.NextInt64((wait / 2) + 1);
    }

    private static string Reason(Exception error) => error.InnerException?.Message ?? error.Message;

    private static bool NotSent(HttpRequestException error) => error.HttpRequestError
        is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError;

    private static SocketsHttpHandler Handler(S3Options options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromMilliseconds(options.ConnectTimeoutMs),
            // Short, so that a request seldom goes out on a connection that the server is just closing.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            UseCookies = false,
        };
        if (options.CaFile is not { } file) return handler;
        try
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(file);
            handler.SslOptions.CertificateChainPolicy = policy;
            return handler;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException
            or System.Security.Cryptography.CryptographicException)
        {
            handler.Dispose();
            throw new EngineException(ErrorKind.Invalid, string.Create(CultureInfo.InvariantCulture,
                $"{file} has no certificates that could be read: {error.Message}"), error);
        }
    }
}
