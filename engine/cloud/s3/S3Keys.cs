namespace K2I.Cloud;

/// <summary>
/// Names of what sets up S3, as Iceberg's catalogs and engines have them: in our configuration, and in what a catalog hands out for a
/// table. Those of a profile, authorities, a proxy and memory are ours.
/// </summary>
public static class S3Keys
{
    public const string Region = "client.region";
    public const string Endpoint = "s3.endpoint";
    public const string PathStyle = "s3.path-style-access";
    public const string AccessKeyId = "s3.access-key-id";
    public const string SecretAccessKey = "s3.secret-access-key";
    public const string SessionToken = "s3.session-token";

    /// <summary>When the token ends, in milliseconds since 1970.</summary>
    public const string SessionTokenEnds = "s3.session-token-expires-at-ms";

    public const string Profile = "s3.profile-name";
    public const string RoleArn = "client.assume-role.arn";
    public const string RoleExternalId = "client.assume-role.external-id";
    public const string CaFile = "s3.ca-file";
    public const string Proxy = "s3.proxy-uri";

    /// <summary><c>none</c>, <c>s3</c>, <c>kms</c>, <c>dsse</c>.</summary>
    public const string Encryption = "s3.sse.type";

    public const string EncryptionKey = "s3.sse.key";
    public const string StorageClass = "s3.write.storage-class";
    public const string RequesterPays = "s3.requester-pays";

    /// <summary>Begins the names of tags.</summary>
    public const string TagPrefix = "s3.write.tags.";

    public const string UploadMemory = "s3.upload-memory";
}
