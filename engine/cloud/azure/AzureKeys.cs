namespace K2I.Cloud;

/// <summary>
/// Names of what sets up Azure's store, as Iceberg's catalogs and engines have them. Those of an endpoint, files, a proxy and memory are
/// ours.
/// </summary>
public static class AzureKeys
{
    /// <summary>Where the service is, in place of Azure's own: an emulator, or a gateway. The account stands in the path then.</summary>
    public const string Endpoint = "adls.endpoint";

    public const string AccountKey = "adls.account-key";
    public const string SasToken = "adls.sas-token";

    /// <summary>Begins the name of a token for one account, which ends it.</summary>
    public const string SasTokenPrefix = "adls.sas-token.";

    /// <summary>When that token ends, in milliseconds since 1970.</summary>
    public const string SasTokenEndsPrefix = "adls.sas-token-expires-at-ms.";

    /// <summary>A bearer token that is given.</summary>
    public const string Token = "adls.token";

    /// <summary>When that token ends, in milliseconds since 1970. Ours.</summary>
    public const string TokenEnds = "adls.token-expires-at-ms";

    public const string TenantId = "adls.tenant-id";
    public const string ClientId = "adls.client-id";
    public const string ClientSecret = "adls.client-secret";
    public const string CaFile = "adls.ca-file";
    public const string Proxy = "adls.proxy-uri";
    public const string UploadMemory = "adls.upload-memory";
}
