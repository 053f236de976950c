using System.Text;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>The bearer token of a catalog: given once, or fetched for a client's credential (OAuth2 client credentials) and fetched again before it expires. Any thread.</summary>
internal sealed class RestLogin(RestOptions options, IClock clock, Func<string, byte[], RestAnswer> post)
{
    /// <summary>A token is not used for longer than this before its end, or a quarter of its life if that is shorter.</summary>
    private const long MarginMs = 60_000;

    private const long UsualLifeMs = 3_600_000;

    private readonly Lock gate = new();
    private string? token = options.Token;
    private long goodUntilMs = long.MaxValue;

    /// <summary>The token to send; null where no login is configured. Throws Denied or Unavailable where none could be had.</summary>
    public string? Token()
    {
        if (options.Credential is null) return token;
        lock (gate)
        {
            if (token is null || clock.MonotonicMs >= goodUntilMs) Fetch();
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
        foreach (var secret in (ReadOnlySpan<string?>)[token, options.Token, options.Credential, Client().Secret])
            if (secret is { Length: > 3 }) text = text.Replace(secret, "***", StringComparison.Ordinal);
        return text;
    }

    private void Fetch()
    {
        var uri = options.OAuth2ServerUri ?? options.Uri.TrimEnd('/') + "/v1/oauth/tokens";
        var (id, secret) = Client();
        var form = new StringBuilder("grant_type=client_credentials");
        if (id is not null) Add("client_id", id);
        Add("client_secret", secret ?? "");
        Add("scope", options.Scope);
        var asked = clock.MonotonicMs;
        var answer = post(uri, Encoding.ASCII.GetBytes(form.ToString()));
        if (answer.Status is 408 or 429 or >= 500) throw new EngineException(ErrorKind.Unavailable, $"the login at {uri} failed: {Scrub(answer.Problem)}");
        if (!answer.IsSuccess) throw new EngineException(ErrorKind.Denied, $"the login at {uri} was refused: {Scrub(answer.Problem)}");
        var what = $"the login's answer from {uri}";
        var (fetched, lifeMs) = Json.Parse(answer.Body, what, root =>
        {
            Json.NeedObject(root, what);
            return (Json.String(root, "access_token", what), Json.OptLong(root, "expires_in", what) is { } s ? Math.Clamp(s, 1, 10_000_000) * 1000 : UsualLifeMs);
        });
        if (fetched.Length == 0 || fetched.Any(c => c is <= ' ' or > '~')) throw new EngineException(ErrorKind.Corrupt, $"{what} holds no token that can be sent");
        token = fetched;
        goodUntilMs = asked + lifeMs - Math.Min(MarginMs, lifeMs / 4);

        void Add(string name, string value) => form.Append('&').Append(name).Append('=').Append(System.Uri.EscapeDataString(value));
    }

    private (string? Id, string? Secret) Client()
    {
        if (options.Credential is not { } credential) return (null, null);
        var colon = credential.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (null, credential) : (credential[..colon], credential[(colon + 1)..]);
    }
}
