using System.Net;
using System.Text.Json;
using K2I.Base;

namespace K2I.Registry;

/// <summary>Requests to a registry: login, limits of time and size, one address after another. Any thread.</summary>
/// <remarks>Redirects are not followed: a login would go where it does not belong.</remarks>
internal sealed class RegistryClient : IDisposable
{
    private const int MaxDepth = 64;

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

    /// <summary>The answer; null for 404. Throws Unavailable where there is none of use from any address.</summary>
    internal async Task<JsonDocument?> Get(string path, CancellationToken stop)
    {
        EngineException? problem = null;
        for (var i = 0; i < options.Urls.Length; i++)
        {
            var at = (Volatile.Read(ref first) + i) % options.Urls.Length;
            var url = options.Urls[at] + path;
            try
            {
                var answer = await Once(url, stop).ConfigureAwait(false);
                Volatile.Write(ref first, at);
                return answer;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException
                || (e is OperationCanceledException && !stop.IsCancellationRequested))
            {
                var why = e is OperationCanceledException ? $"no answer within {options.TimeoutMs} ms"
                    : e.InnerException?.Message ?? e.Message;
                problem = new(ErrorKind.Unavailable, $"{url}: {why}", e);
            }
            catch (EngineException e) when (e.Retryable)
            {
                problem = e;
            }
        }
        throw problem!;
    }

    private async Task<JsonDocument?> Once(string url, CancellationToken stop)
    {
        for (var again = false; ; again = true)
        {
            using var request =
                new HttpRequestMessage(HttpMethod.Get,
                new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            request.Headers.Accept.Add(new("application/vnd.schemaregistry.v1+json"));
            request.Headers.Accept.Add(new("application/json"));
            foreach (var (name, value) in options.Headers) request.Headers.TryAddWithoutValidation(name, value);
            request.Headers.Authorization = await login.Header(stop).ConfigureAwait(false);
            using var response = await http.SendAsync(request, stop).ConfigureAwait(false);
            switch (response.StatusCode)
            {
                case HttpStatusCode.OK:
                    var body = await response.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false);
                    return JsonDocument.Parse(body, new() { MaxDepth = MaxDepth });
                case HttpStatusCode.NotFound when await IsRegistrys(response, stop).ConfigureAwait(false):
                    return null;
                case HttpStatusCode.Unauthorized when !again && login.Forget():
                    continue;
                default:
                    throw new EngineException(ErrorKind.Unavailable, $"{url}: {(int)response.StatusCode} {response.ReasonPhrase}");
            }
        }
    }

    /// <summary>A registry says with a number what it does not have; a wrong address, or something in between, does not.</summary>
    private static async Task<bool> IsRegistrys(HttpResponseMessage response, CancellationToken stop)
    {
        try
        {
            using var answer =
                JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false), new() { MaxDepth = MaxDepth });
            return answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty("error_code", out var code)
                && code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number) && number is 40401 or 40402 or 40403 or 404;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
