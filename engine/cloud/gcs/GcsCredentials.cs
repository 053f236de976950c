using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>
/// Who asks Google: a token that is given, a key of a service account or a person's login from a file, or the machine. Found as Google's
/// own
/// tools find it: <c>GOOGLE_APPLICATION_CREDENTIALS</c>, the file that <c>gcloud auth application-default login</c> leaves, the metadata
/// server. Tokens are renewed before they end. Any thread.
/// </summary>
internal sealed class GcsCredentials
{
    private const string Scope = "https://www.googleapis.com/auth/devstorage.read_write";
    private const string TokenUri = "https://oauth2.googleapis.com/token";
    private const int LifeSeconds = 3_600;

    private readonly GcsOptions options;
    private readonly HttpClient http;
    private readonly IClock clock;
    private readonly Renewed<AccessToken> token;
    private GcsOptions? first;

    public GcsCredentials(GcsOptions options, HttpClient http, IClock clock)
    {
        (this.options, this.http, this.clock) = (options, http, clock);
        first = options;
        token = new(options.Token is not null ? Given : Fetched, clock);
    }

    /// <summary>Null for nobody.</summary>
    /// <exception cref="EngineException">Denied: there is none. Unavailable: it cannot be had now.</exception>
    public AccessToken? Current() => options.IsAnonymous ? null : token.Current();

    /// <summary>The token is not taken any more; true if another is worth a try.</summary>
    public bool Refused()
    {
        if (options.IsAnonymous || (options.Token is not null && options.Renewal is null)) return false;
        token.Refuse(token.Current());
        return true;
    }

    private (AccessToken Value, long? EndsUnixMs) Given()
    {
        var now = Interlocked.Exchange(ref first, null)
            ?? (options.Renewal is { } renewal ? GcsOptions.Of(renewal(), null) : options);
        return now.Token is { } value ? (new AccessToken(value), options.Renewal is null ? null : now.TokenEndsUnixMs)
            : throw new EngineException(ErrorKind.Denied, "whoever gave a token for Google Cloud Storage gives none any more");
    }

    private (AccessToken Value, long? EndsUnixMs) Fetched()
    {
        if (FileOf() is not { } file) return OfMachine();
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            return Text(json, "type") switch
            {
                "service_account" => OfServiceAccount(json),
                "authorized_user" => TokenRequest.Send(http, clock, "Google", Server(json), new Dictionary<string, string>
                {
                    ["grant_type"] = "refresh_token",
                    ["client_id"] = Text(json, "client_id"),
                    ["client_secret"] = Text(json, "client_secret"),
                    ["refresh_token"] = Text(json, "refresh_token"),
                }),
                var other => throw new EngineException(ErrorKind.Unsupported,
                    $"{file}: credentials of type {other} are not known: service_account or authorized_user are"),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException
            or InvalidOperationException or UriFormatException or CryptographicException or ArgumentException)
        {
            throw new EngineException(ErrorKind.Denied, $"{file} holds no credentials of Google that can be used: {error.GetType().Name}");
        }
    }

    /// <summary>A claim signed by the account's key, for a token.</summary>
    private (AccessToken, long?) OfServiceAccount(JsonDocument json)
    {
        var server = Server(json);
        var now = clock.UnixMs / 1_000;
        var header = Encoded(writer =>
        {
            writer.WriteString("alg", "RS256");
            writer.WriteString("typ", "JWT");
            if (json.RootElement.TryGetProperty("private_key_id", out var id)) writer.WriteString("kid", id.GetString());
        });
        var claim = Encoded(writer =>
        {
            writer.WriteString("iss", Text(json, "client_email"));
            writer.WriteString("scope", Scope);
            writer.WriteString("aud", server.AbsoluteUri);
            writer.WriteNumber("iat", now);
            writer.WriteNumber("exp", now + LifeSeconds);
        });
        using var rsa = RSA.Create();
        rsa.ImportFromPem(Text(json, "private_key"));
        var signed = Encoding.ASCII.GetBytes($"{header}.{claim}");
        var signature = Base64Url(rsa.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        return TokenRequest.Send(http, clock, "Google", server, new Dictionary<string, string>
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = $"{header}.{claim}.{signature}",
        });
    }

    private (AccessToken, long?) OfMachine()
    {
        var host = StoreProperties.Variable("GCE_METADATA_HOST") ?? "metadata.google.internal";
        return TokenRequest.Send(http, clock, $"Google's metadata server ({host}; no credentials file is named)",
            new Uri($"http://{host}/computeMetadata/v1/instance/service-accounts/default/token"), null, ("Metadata-Flavor", "Google"));
    }

    private string? FileOf()
    {
        if ((options.CredentialsFile ?? StoreProperties.Variable("GOOGLE_APPLICATION_CREDENTIALS")) is { } named) return named;
        var folder = StoreProperties.Variable("CLOUDSDK_CONFIG")
            ?? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config", "gcloud");
        var file = Path.Join(folder, "application_default_credentials.json");
        return File.Exists(file) ? file : null;
    }

    private static Uri Server(JsonDocument json) =>
        new(json.RootElement.TryGetProperty("token_uri", out var uri) && uri.GetString() is { Length: > 0 } text ? text : TokenUri);

    private static string Text(JsonDocument json, string name) =>
        json.RootElement.GetProperty(name).GetString() ?? throw new KeyNotFoundException();

    private static string Encoded(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return Base64Url(bytes.ToArray());
    }

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
