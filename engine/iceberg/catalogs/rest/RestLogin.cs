using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>
/// The bearer token of a catalog: given once, or fetched for a client's credential (OAuth2 client credentials), and renewed before it
/// ends: by another
/// one for it (token exchange) where that is asked for, else by the credential. Any thread.
/// </summary>
internal sealed class RestLogin(RestOptions options, IClock clock, Func<string, byte[], AuthenticationHeaderValue?, RestAnswer> post)
{
    /// <summary>A token is not used for longer than this before its end, or a quarter of its life if that is shorter.</summary>
    private const long MarginMs = 60_000;

    private const long UsualLifeMs = 3_600_000;

    private const string TokenType = "urn:ietf:params:oauth:token-type:access_token";

    private readonly Lock gate = new();
    private string? token = options.Token;
    private string? last = options.Token;
    private long goodUntilMs = options.Token is { } given && options.TokenExchange ? GivenUntilMs(given, clock) : long.MaxValue;

    /// <summary>The token to send; null where no login is configured. Throws Denied or Unavailable where none could be had.</summary>
    public string? Token()
    {
        if (!IsRenewed) return token;
        lock (gate)
        {
            if (token is null || clock.MonotonicMs >= goodUntilMs) Renew();
            return token;
        }
    }

    /// <summary>The server refused this token. True if another may be had.</summary>
    public bool Refused(string? used)
    {
        if (options.Credential is null) return false;
        lock (gate)
        {
            if (token == used) token = null;
            return true;
        }
    }

    /// <summary>Takes this login's secrets out of text that goes into messages.</summary>
    public string Scrub(string text)
    {
        foreach (var secret in (ReadOnlySpan<string?>)[token, last, options.Token, options.Credential, Client().Secret])
            if (secret is { Length: > 3 }) text = text.Replace(secret, "***", StringComparison.Ordinal);
        return text;
    }

    private bool IsRenewed => options.Credential is not null || (options.TokenExchange && options.Token is not null);

    private void Renew()
    {
        if (options.TokenExchange && token is { } old && TryExchange(old)) return;
        // Without a credential the old one is sent for as long as the server takes it.
        if (options.Credential is null) goodUntilMs = clock.MonotonicMs + MarginMs;
        else Fetch();
    }

    private void Fetch()
    {
        var (id, secret) = Client();
        var form = new StringBuilder("grant_type=client_credentials");
        if (id is not null) Add(form, "client_id", id);
        Add(form, "client_secret", secret ?? "");
        var asked = clock.MonotonicMs;
        var answer = Post(form, null);
        if (answer.Status is 408 or 429 or >= 500) throw new EngineException(ErrorKind.Unavailable,
            $"the login at {Uri} failed: {Scrub(answer.Problem)}");
        if (!answer.IsSuccess) throw new EngineException(ErrorKind.Denied, $"the login at {Uri} was refused: {Scrub(answer.Problem)}");
        Take(answer, asked);
    }

    /// <summary>False where the server does not do it: many know credentials alone.</summary>
    private bool TryExchange(string old)
    {
        var (id, secret) = Client();
        var form = new StringBuilder("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange");
        Add(form, "subject_token", old);
        Add(form, "subject_token_type", TokenType);
        var asked = clock.MonotonicMs;
        var who = id is null ? new AuthenticationHeaderValue("Bearer", old)
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}")));
        try
        {
            var answer = Post(form, who);
            if (!answer.IsSuccess) return false;
            Take(answer, asked);
            return true;
        }
        catch (EngineException error) when (error.Kind is ErrorKind.Unavailable or ErrorKind.Corrupt && !CallScope.HasEnded)
        {
            return false;
        }
    }

    private string Uri => options.OAuth2ServerUri ?? options.Uri.TrimEnd('/') + "/v1/oauth/tokens";

    private RestAnswer Post(StringBuilder form, AuthenticationHeaderValue? who)
    {
        if (options.Scope is { } scope) Add(form, "scope", scope);
        if (options.Audience is { } audience) Add(form, "audience", audience);
        if (options.Resource is { } resource) Add(form, "resource", resource);
        return post(Uri, Encoding.ASCII.GetBytes(form.ToString()), who);
    }

    private void Take(RestAnswer answer, long asked)
    {
        var what = $"the login's answer from {Uri}";
        var (fetched, lifeMs) = Json.Parse(answer.Body, what, root =>
        {
            Json.NeedObject(root, what);
            return (Json.String(root, "access_token", what), Json.OptLong(root, "expires_in", what) is { } s
                ? Math.Clamp(s, 1, 10_000_000) * 1000 : UsualLifeMs);
        });
        if (fetched.Length == 0 || fetched.Any(c => c is <= ' ' or > '~')) throw new EngineException(ErrorKind.Corrupt,
            $"{what} holds no token that can be sent");
        (last, token) = (token ?? last, fetched);
        goodUntilMs = asked + lifeMs - Math.Min(MarginMs, lifeMs / 4);
    }

    private static void Add(StringBuilder form, string name, string value) =>
        form.Append('&').Append(name).Append('=').Append(System.Uri.EscapeDataString(value));

    /// <summary>When a token that says so itself (a JWT) is to be renewed, in monotonic time.</summary>
    private static long GivenUntilMs(string given, IClock clock)
    {
        try
        {
            if (given.Split('.') is not [_, var claims, _]) return long.MaxValue;
            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
            if (!document.RootElement.TryGetProperty("exp", out var end) || !end.TryGetInt64(out var seconds)) return long.MaxValue;
            var life = (Math.Clamp(seconds, 0, 100_000_000_000) * 1000) - clock.UnixMs;
            return clock.MonotonicMs + life - Math.Clamp(life / 4, 0, MarginMs);
        }
        catch (Exception error) when (error is FormatException or JsonException or InvalidOperationException)
        {
            return long.MaxValue;
        }
    }

    private (string? Id, string? Secret) Client()
    {
        if (options.Credential is not { } credential) return (null, null);
        var colon = credential.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (null, credential) : (credential[..colon], credential[(colon + 1)..]);
    }
}
