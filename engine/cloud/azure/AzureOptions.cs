using K2I.Base;

namespace K2I.Cloud;

/// <summary>How to reach Azure's store of blobs. What is not set comes from the environment, as Azure's own tools take it.</summary>
public sealed class AzureOptions : StoreOptions
{
    /// <summary>Null for Azure's own; else the account stands in the path.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The account's key, in Base64.</summary>
    public string? AccountKey { get; init; }

    /// <summary>A shared access signature, without its question mark.</summary>
    public string? SasToken { get; init; }

    /// <summary>When the signature ends, in milliseconds since 1970; null for one that says so itself at most.</summary>
    public long? SasTokenEndsUnixMs { get; init; }

    /// <summary>A bearer token that is given, in place of the key.</summary>
    public string? Token { get; init; }

    /// <summary>When the token ends, in milliseconds since 1970; null for one that does not say.</summary>
    public long? TokenEndsUnixMs { get; init; }

    /// <summary>With <see cref="ClientId"/> and <see cref="ClientSecret"/>: who asks, by a token of Entra.</summary>
    public string? TenantId { get; init; }

    /// <summary>Without a secret: which identity of the machine.</summary>
    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    internal static AzureOptions Of(string location, IReadOnlyDictionary<string, string> properties,
        Func<IReadOnlyDictionary<string, string>>? renewal)
    {
        var values = new StoreProperties(properties);
        var host = CloudPlace.Of(location, K2I.Storage.Location.Azure).Account;
        var account = host.Split('.')[0];
        // Catalogs name the account, with its domain or without.
        var named = properties.Keys.FirstOrDefault(k => k.StartsWith(AzureKeys.SasTokenPrefix, StringComparison.Ordinal)
            && k[AzureKeys.SasTokenPrefix.Length..].Split('.')[0] == account);
        return new()
        {
            Endpoint = values.Address(AzureKeys.Endpoint),
            AccountKey = values.Text(AzureKeys.AccountKey) is not { } key ? null
                : Convert.TryFromBase64String(key, new byte[key.Length], out _) ? key : throw StoreProperties.Bad(AzureKeys.AccountKey),
            SasToken = (named is null ? values.Text(AzureKeys.SasToken) : values.Text(named))?.TrimStart('?'),
            SasTokenEndsUnixMs = named is null ? null
                : values.Number(AzureKeys.SasTokenEndsPrefix + named[AzureKeys.SasTokenPrefix.Length..]),
            Token = values.Text(AzureKeys.Token),
            TokenEndsUnixMs = values.Number(AzureKeys.TokenEnds),
            TenantId = values.Text(AzureKeys.TenantId),
            ClientId = values.Text(AzureKeys.ClientId),
            ClientSecret = values.Text(AzureKeys.ClientSecret),
            CaFile = values.Text(AzureKeys.CaFile),
            Proxy = values.Address(AzureKeys.Proxy),
            UploadBytes = values.Number(AzureKeys.UploadMemory) ?? DefaultUploadBytes,
            Renewal = renewal,
        };
    }

    internal override CloudService Service(HttpClient http, IClock clock) => new AzureService(this, http, clock);
}
