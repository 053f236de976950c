using System.Net;
using System.Text.Json;
using K2I.Base;

namespace K2I.Registry;

/// <summary>Requests to a registry: login, limits of time and size, one address after another. Any thread.</summary>
/// <remarks>Redirects are not followed: a login would go where it does not belong.</remarks>
internal sealed class RegistryClient : IDisposable
{
    private readonly RegistryOptions options;
    private readonly HttpClient http;
    private readonly RegistryLogin login;
    private int first;

    internal RegistryClient(RegistryOptions options, IClock clock)
    {
        this.options = options;
        var transport = new HttpTransport
        {
            CaFile = options.CaFile,
            ClientCertificate = options.CertificateFile is { } shown ? (shown, options.KeyFile ?? shown) : null,
            ConnectTimeoutMs = options.TimeoutMs,
        };
        http = new(transport.Handler())
        {
            Timeout = TimeSpan.FromMilliseconds(options.TimeoutMs),
            MaxResponseContentBufferSize = options.MaxAnswerBytes,
        };
        login = new(options, http, clock);
    }

    public void Dispose() => http.Dispose();

    /// <summary>
    /// What comes of the first answer of use, of whichever address. Throws Unavailable where there is none.
    /// </summary>
    /// <param name="make">The request to an address, signed where that is how one logs in.</param>
    /// <param name="read">Throws Unavailable, or an error of JSON, for an answer that is of no use.</param>
    /// <param name="stop">Ends it.</param>
    internal async Task<T?> Ask<T>(Func<string, HttpRequestMessage> make, Func<RegistryAnswer, T?> read, CancellationToken stop)
        where T : class
    {
        EngineException? problem = null;
        for (var i = 0; i < options.Urls.Length; i++)
        {
            var at = (Volatile.Read(ref first) + i) % options.Urls.Length;
            var url = options.Urls[at];
            try
            {
                var result = read(await Once(() => make(url), stop).ConfigureAwait(false));
                Volatile.Write(ref first, at);
                return result;
            }
            catch (Exception e) when (
                e is HttpRequestException or IOException or JsonException or InvalidOperationException or UriFormatException
                || e is EngineException { Retryable: true } || (e is OperationCanceledException && !stop.IsCancellationRequested))
            {
                var why = e is OperationCanceledException ? $"no answer within {options.TimeoutMs} ms"
                    : e.InnerException?.Message ?? e.Message;
                problem = new(ErrorKind.Unavailable, $"{url}: {why}", e);
            }
        }
        throw problem!;
    }

    private async Task<RegistryAnswer> Once(Func<HttpRequestMessage> make, CancellationToken stop)
    {
        for (var again = false; ; again = true)
        {
            using var request = make();
            foreach (var (name, value) in options.Headers) request.Headers.TryAddWithoutValidation(name, value);
            if (options.Signer is null) request.Headers.Authorization = await login.Header(stop).ConfigureAwait(false);
            using var response = await http.SendAsync(request, stop).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.Unauthorized && !again && login.Forget()) continue;
            Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers)) headers.TryAdd(name, values.First());
            var body = await response.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false);
            return new((int)response.StatusCode, body, headers);
        }
    }
}
