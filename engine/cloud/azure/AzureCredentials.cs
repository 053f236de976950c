using K2I.Base;

namespace K2I.Cloud;

/// <summary>
/// Who asks Azure: the account's key, a shared access signature, a token that is given, a client's secret, a workload's identity (a token
/// in a file that the cluster renews), or the machine's identity. What is not set is found as Azure's own tools find it, in the
/// environment. Tokens are renewed before they end. Any thread.
/// </summary>
internal sealed class AzureCredentials
{
    private const string Resource = "https://storage.azure.com/";

    private readonly AzureOptions options;
    private readonly HttpClient http;
    private readonly IClock clock;
    private readonly Renewed<AzureLogin> login;
    private bool wasGiven;

    public AzureCredentials(AzureOptions options, HttpClient http, IClock clock)
    {
        (this.options, this.http, this.clock) = (options, http, clock);
        login = new(Fetched, clock);
    }

    /// <summary>For renewals: whose properties to read. Set by the first request, which knows its account.</summary>
    public string? Location { get; set; }

    /// <exception cref="EngineException">Denied: there is none. Unavailable: it cannot be had now.</exception>
    public AzureLogin Current() => login.Current();

    /// <summary>The login is not taken any more; true if another is worth a try.</summary>
    public bool Refused()
    {
        var refused = login.Current();
        var isGiven = refused.Token is null || options.Token is not null;
        if (refused.Key is not null || (isGiven && options.Renewal is null)) return false;
        login.Refuse(refused);
        return true;
    }

    private (AzureLogin Value, long? EndsUnixMs) Fetched()
    {
        var now = wasGiven && options.Renewal is { } renewal && Location is { } place ? AzureOptions.Of(place, renewal(), null) : options;
        wasGiven = true;
        if (now.AccountKey is { } key) return (new AzureLogin { Key = Convert.FromBase64String(key) }, null);
        if (now.SasToken is { } sas) return (new AzureLogin { Sas = sas }, options.Renewal is null ? null : now.SasTokenEndsUnixMs);
        if (now.Token is { } token)
            return (new AzureLogin { Token = new AccessToken(token) }, options.Renewal is null ? null : now.TokenEndsUnixMs);
        if (now is { TenantId: { } tenant, ClientId: { } client, ClientSecret: { } secret })
            return Token(OfEntra(tenant, new() { ["client_id"] = client, ["client_secret"] = secret }));
        return OfEnvironment();
    }

    private (AzureLogin, long?) OfEnvironment()
    {
        if (StoreProperties.Variable("AZURE_STORAGE_KEY") is { } key)
            return (new AzureLogin { Key = Convert.FromBase64String(key) }, null);
        if (StoreProperties.Variable("AZURE_STORAGE_SAS_TOKEN") is { } sas) return (new AzureLogin { Sas = sas.TrimStart('?') }, null);
        var tenant = options.TenantId ?? StoreProperties.Variable("AZURE_TENANT_ID");
        var client = options.ClientId ?? StoreProperties.Variable("AZURE_CLIENT_ID");
        if (tenant is not null && client is not null)
        {
            if (StoreProperties.Variable("AZURE_CLIENT_SECRET") is { } secret)
                return Token(OfEntra(tenant, new() { ["client_id"] = client, ["client_secret"] = secret }));
            if (StoreProperties.Variable("AZURE_FEDERATED_TOKEN_FILE") is { } file)
                return Token(OfEntra(tenant, new()
                {
                    ["client_id"] = client,
                    ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    ["client_assertion"] = Assertion(file),
                }));
        }
        return Token(OfMachine(client));
    }

    private (AccessToken, long?) OfEntra(string tenant, Dictionary<string, string> form)
    {
        form["grant_type"] = "client_credentials";
        form["scope"] = Resource + ".default";
        var authority = (StoreProperties.Variable("AZURE_AUTHORITY_HOST") ?? "https://login.microsoftonline.com").TrimEnd('/');
        return TokenRequest.Send(http, clock, "Entra", new Uri($"{authority}/{Uri.EscapeDataString(tenant)}/oauth2/v2.0/token"), form);
    }

    private (AccessToken, long?) OfMachine(string? client)
    {
        var which = client is null ? "" : "&client_id=" + Uri.EscapeDataString(client);
        var query = $"resource={Uri.EscapeDataString(Resource)}{which}";
        if (StoreProperties.Variable("IDENTITY_ENDPOINT") is { } endpoint && StoreProperties.Variable("IDENTITY_HEADER") is { } header)
            return TokenRequest.Send(http, clock, "the identity endpoint of Azure",
                new Uri($"{endpoint}?api-version=2019-08-01&{query}"), null,
                ("X-IDENTITY-HEADER", header));
        var host = (StoreProperties.Variable("AZURE_POD_IDENTITY_AUTHORITY_HOST") ?? "http://169.254.169.254").TrimEnd('/');
        return TokenRequest.Send(http, clock, $"Azure's metadata server ({host}; no other credentials are set)",
            new Uri($"{host}/metadata/identity/oauth2/token?api-version=2018-02-01&{query}"), null, ("Metadata", "true"));
    }

    private static string Assertion(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorKind.Denied, $"the token of AZURE_FEDERATED_TOKEN_FILE cannot be read: {error.Message}", error);
        }
    }

    private static (AzureLogin, long?) Token((AccessToken Value, long? EndsUnixMs) token) =>
        (new AzureLogin { Token = token.Value }, token.EndsUnixMs);
}
