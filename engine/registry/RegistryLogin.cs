using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using K2I.Base;

namespace K2I.Registry;

/// <summary>
/// Who one is to a registry: a name and password, a token, or tokens that are fetched for a credential and kept until they end. Any
/// thread.
/// </summary>
internal sealed class RegistryLogin(RegistryOptions options, HttpClient http, IClock clock)
{
    /// <summary>A token is renewed so long before its end.</summary>
    private const int MarginMs = 30_000, DefaultLifeMs = 300_000;

    private readonly Lock gate = new();
    private string? token;
    private long endsMs;

    /// <summary>Null for none.</summary>
    internal async Task<AuthenticationHeaderValue?> Header(CancellationToken stop)
    {
        if (options.User is { } user) return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}")));
        if (options.Token is { } fixedToken) return new("Bearer", fixedToken);
        if (options.Credential is null) return null;
        lock (gate)
        {
            if (token is not null && clock.MonotonicMs < endsMs) return new("Bearer", token);
        }
        var (fresh, lifeMs) = await Fetch(stop).ConfigureAwait(false);
        lock (gate) (token, endsMs) = (fresh, clock.MonotonicMs + Math.Max(lifeMs - MarginMs, lifeMs / 2));
        return new("Bearer", fresh);
    }

    /// <summary>A token was refused: true where another can be had.</summary>
    internal bool Forget()
    {
        if (options.Credential is null) return false;
        lock (gate) token = null;
        return true;
    }

    private async Task<(string Token, long LifeMs)> Fetch(CancellationToken stop)
    {
        var colon = options.Credential!.IndexOf(':', StringComparison.Ordinal);
        Dictionary<string, string> form = new(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = options.Credential[..colon],
            ["client_secret"] = options.Credential[(colon + 1)..],
        };
        if (options.Scope is { } scope) form["scope"] = scope;
        using var request = new HttpRequestMessage(HttpMethod.Post, options.TokenUrl) { Content = new FormUrlEncodedContent(form) };
        using var response = await http.SendAsync(request, stop).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode) throw Bad($"{(int)response.StatusCode} {response.ReasonPhrase}");
        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false));
        var root = answer.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("access_token", out var given)
            || given.ValueKind != JsonValueKind.String)
            throw Bad("there is no access_token in the answer");
        var life = root.TryGetProperty("expires_in", out var seconds) && seconds.ValueKind == JsonValueKind.Number
            && seconds.TryGetInt32(out var s)
            ? Math.Clamp(s, 1, 86_400) * 1_000L
            : DefaultLifeMs;
        return (given.GetString()!, life);
    }

    private EngineException Bad(string why) => new(ErrorKind.Unavailable, $"{options.TokenUrl}: no token: {why}");
}
