using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>
/// Asks a server of tokens for one: the answer is JSON in the words of OAuth 2, <c>access_token</c> and <c>expires_in</c>.
/// </summary>
internal static class TokenRequest
{
    private const int TimeoutMs = 10_000, LargestAnswer = 1 << 20;

    /// <param name="http">Connections.</param>
    /// <param name="clock">Its time, for when the token ends.</param>
    /// <param name="who">For messages: who hands it out.</param>
    /// <param name="uri">Whom to ask.</param>
    /// <param name="form">Sent by POST; null for a GET.</param>
    /// <param name="header">One more header.</param>
    /// <exception cref="EngineException">Denied: it is refused. Unavailable: there is no answer, or none that passes.</exception>
    public static (AccessToken Value, long? EndsUnixMs) Send(HttpClient http, IClock clock, string who, Uri uri,
        IReadOnlyDictionary<string, string>? form, (string Name, string Value)? header = null)
    {
        using var message = new HttpRequestMessage(form is null ? HttpMethod.Get : HttpMethod.Post, uri);
        if (form is not null) message.Content = new FormUrlEncodedContent(form);
        if (header is { } more) message.Headers.TryAddWithoutValidation(more.Name, more.Value);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(CallScope.Token);
        limit.CancelAfter(TimeoutMs);
        try
        {
            using var response = http.Send(message, HttpCompletionOption.ResponseContentRead, limit.Token);
            using var stream = response.Content.ReadAsStream(limit.Token);
            using var body = new MemoryStream();
            stream.CopyTo(body);
            var status = (int)response.StatusCode;
            if (status is 408 or 429 or >= 500) throw new EngineException(ErrorKind.Unavailable, $"{who} answered {status}");
            if (status != 200 || body.Length > LargestAnswer)
                throw new EngineException(ErrorKind.Denied, $"{who} gives no token: it answered {status}{Reason(body.ToArray())}");
            return Read(body.ToArray(), clock) ?? throw new EngineException(ErrorKind.Denied, $"{who} answered without a token");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            throw new EngineException(ErrorKind.Unavailable,
                $"{who} does not answer: {error.InnerException?.Message ?? error.Message}", error);
        }
    }

    private static (AccessToken, long?)? Read(byte[] body, IClock clock)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (!json.RootElement.TryGetProperty("access_token", out var token) || token.GetString() is not { Length: > 0 } value)
                return null;
            long? ends = Seconds(json.RootElement, "expires_in") is { } life ? clock.UnixMs + (life * 1_000)
                : Seconds(json.RootElement, "expires_on") is { } at ? at * 1_000 : null;
            return (new AccessToken(value), ends);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static long? Seconds(JsonElement json, string name) => !json.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Number ? value.GetInt64()
        : long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;

    /// <summary>The error's name, which holds no secret; what describes it may repeat what was sent.</summary>
    private static string Reason(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.String ? $" {error.GetString()}" : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
