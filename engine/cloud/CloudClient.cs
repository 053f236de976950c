using System.Globalization;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>
/// Requests to a store: limited in time, sent again while errors pass. What an answer means is decided here once. Any thread; calls block.
/// </summary>
/// <remarks>
/// <para>An answer is returned where its caller decides what it means: success, 404, 412, 416. Any other ends in an error that names the
/// location. Without an answer the error is Unknown where the request changes what others see and may have been carried out, else
/// Unavailable.</para>
/// <para>Requests are idempotent, or carry the condition that makes them so: sending one again does no more than sending it once. Beyond
/// <see cref="StoreOptions.RetryMs"/> the retries are their caller's.</para>
/// <para>A store that asks for slowness (503, 429) is given it by all callers. Redirects are not followed: a signature would go where it
/// does not belong.</para>
/// </remarks>
internal sealed class CloudClient(CloudService service, HttpClient http, StoreOptions options, IClock clock, IRandom random)
{
    private const int FirstWaitMs = 100, LongestWaitMs = 5_000, AbortMs = 3_000, BytesPerMs = 256, PatienceOfSlowness = 6;

    private long notBeforeMs = long.MinValue;

    public CloudService Service => service;

    /// <summary>Sends it until it is answered.</summary>
    /// <param name="into">Where the bytes of a successful answer go, all or its first so many; empty for
    /// <see cref="CloudAnswer.Body"/>.</param>
    /// <param name="wasSent">It was sent before, and what came of that is not known.</param>
    public CloudAnswer Send(CloudRequest request, Span<byte> into = default, bool wasSent = false)
    {
        var startMs = clock.MonotonicMs;
        var (doubt, isRenewed) = (wasSent && request.Changes, false);
        for (var attempt = 1; ; attempt++)
        {
            Pause();
            EngineException failure;
            var patienceMs = (long)options.RetryMs;
            try
            {
                var answer = Attempt(request, into, options.TimeoutMs, CallScope.Token);
                if (service.Error(answer, request.Place) is not { } error) return answer with { AfterDoubt = doubt };
                failure = error;
                if (!isRenewed && service.Renews(answer))
                {
                    isRenewed = true;
                    continue;
                }
                if (!service.Passes(answer)) throw failure;
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
    public async Task<HttpResponseMessage> Start(CloudRequest request, CancellationToken stop)
    {
        Pause();
        using var message = service.Message(request);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(options.TimeoutMs + (request.Body.Length / BytesPerMs));
        return await http.SendAsync(message, HttpCompletionOption.ResponseContentRead, limit.Token).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends it once and puts the bytes of its answer where they belong, without being waited for; that memory must stay until the task
    /// has ended. Null where it has to be sent again to know what came of it.
    /// </summary>
    public async Task<CloudAnswer?> Fetch(CloudRequest request, Memory<byte> into, CancellationToken stop)
    {
        try
        {
            Pause();
            using var message = service.Message(request);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop, CallScope.Token);
            limit.CancelAfter(options.TimeoutMs + (into.Length / BytesPerMs));
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            var told = new CloudAnswer((int)response.StatusCode, [], into.Length) { Headers = HeadersOf(response) };
            var answer = service.Told(told, request);
            if (answer.Status is 429 or 503) SlowDown(answer, 1);
            if (!answer.IsSuccess || response.Content.Headers.ContentLength != into.Length) return null;
            using var stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            await stream.ReadExactlyAsync(into, limit.Token).ConfigureAwait(false);
            return answer;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException or ObjectDisposedException
            or EngineException)
        {
            return null;
        }
    }

    /// <summary>What a sending came to, once it has ended; null where it has to be sent again to know.</summary>
    public CloudAnswer? Finish(CloudRequest request, Task<HttpResponseMessage> sent)
    {
        try
        {
            using var response = sent.GetAwaiter().GetResult();
            var answer = Read(response, request, default);
            if (answer.Status is 429 or 503) SlowDown(answer, 1);
            return service.Error(answer, request.Place) is null ? answer : null;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException or ObjectDisposedException
            or EngineException)
        {
            return null;
        }
    }

    /// <summary>Sends once what only tidies up, even after a stop; whether it worked is of no consequence.</summary>
    public void Tidy(CloudRequest request)
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

    /// <summary>What the store tells of an object; null where there is none.</summary>
    public CloudFound? Find(CloudPlace place) => Found(Send(service.Look(place)), place);

    /// <summary>What the answer to a look tells of an object; null where there is none.</summary>
    public CloudFound? Found(CloudAnswer answer, CloudPlace place)
    {
        if (!answer.IsSuccess) return null;
        return service.Found(answer) ?? throw new EngineException(ErrorKind.Corrupt,
            $"{place.Location}: what {service.Name} answered does not tell of an object");
    }

    /// <summary>Whether the object there is the one with this mark; null if none is there, or one without a mark.</summary>
    public bool? HasToken(CloudPlace place, string token) => Find(place) is { Token: { } found } ? found == token : null;

    /// <summary>The error of an answer that should have been a success.</summary>
    public EngineException Refused(CloudAnswer answer, CloudPlace place) =>
        new(answer.Status == 404 && answer.Error.Code != "NoSuchUpload" ? ErrorKind.NotFound : ErrorKind.Unavailable,
            $"{place.Location}: {service.Name} answered {answer.Status} {answer.Error.Code} {answer.Error.Message}".TrimEnd());

    private CloudAnswer Attempt(CloudRequest request, Span<byte> into, int timeoutMs, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
            throw new EngineException(ErrorKind.Unavailable, $"{request.Place.Location}: not asked any more because of a stop");
        using var message = service.Message(request);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var limitMs = timeoutMs + ((request.Body.Length + into.Length) / BytesPerMs);
        limit.CancelAfter(limitMs);
        try
        {
            using var response = http.Send(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            // A read that waits knows no token.
            using var stuck = limit.Token.Register(static r => ((HttpResponseMessage)r!).Dispose(), response);
            return Read(response, request, into);
        }
        catch (HttpRequestException error) when (HttpTransport.WasNotSent(error))
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

    private CloudAnswer Read(HttpResponseMessage response, CloudRequest request, Span<byte> into)
    {
        var length = response.Content.Headers.ContentLength;
        byte[] body = [];
        var read = length ?? 0;
        if (request.Method != HttpMethod.Head)
        {
            using var stream = response.Content.ReadAsStream();
            if (into.IsEmpty || !response.IsSuccessStatusCode) read = (body = Whole(stream, length)).LongLength;
            else if (length <= into.Length) stream.ReadExactly(into[..(int)length]);
            else if (length is null) read = stream.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
        }
        return service.Told(new CloudAnswer((int)response.StatusCode, body, read) { Headers = HeadersOf(response) }, request);
    }

    private static Dictionary<string, string> HeadersOf(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in response.Headers.NonValidated) headers[name] = value.ToString();
        foreach (var (name, value) in response.Content.Headers.NonValidated) headers[name] = value.ToString();
        return headers;
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

    private void SlowDown(CloudAnswer answer, int attempt)
    {
        var until = clock.MonotonicMs + Math.Min(LongestWaitMs, RetryAfterMs(answer) ?? WaitMs(attempt));
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

    private static long? RetryAfterMs(CloudAnswer answer) =>
        int.TryParse(answer.Header("Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? seconds * 1_000L : null;
}
