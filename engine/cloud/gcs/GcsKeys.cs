namespace K2I.Cloud;

/// <summary>
/// Names of what sets up Google Cloud Storage, as Iceberg's catalogs and engines have them. Those of files, a proxy and memory are ours.
/// </summary>
public static class GcsKeys
{
    /// <summary>Where the service is, in place of Google's own.</summary>
    public const string Endpoint = "gcs.service.host";

    /// <summary>A token that is given.</summary>
    public const string Token = "gcs.oauth2.token";

    /// <summary>When the token ends, in milliseconds since 1970.</summary>
    public const string TokenEnds = "gcs.oauth2.token-expires-at";

    /// <summary>Asks without any login.</summary>
    public const string NoAuth = "gcs.no-auth";

    /// <summary>The project that pays for requests.</summary>
    public const string UserProject = "gcs.user-project";

    /// <summary>A key of a service account, or what a person's login left.</summary>
    public const string CredentialsFile = "gcs.credentials-file";

    public const string CaFile = "gcs.ca-file";
    public const string Proxy = "gcs.proxy-uri";
    public const string StorageClass = "gcs.storage-class";
    public const string EncryptionKey = "gcs.encryption-kms-key";
    public const string UploadMemory = "gcs.upload-memory";
}
