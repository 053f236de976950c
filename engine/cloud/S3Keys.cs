namespace K2I.Cloud;

/// <summary>
/// Names of what sets up S3, as Iceberg's catalogs and engines have them: in our configuration, and in what a catalog hands out for a
/// table.
/// </summary>
public static class S3Keys
{
    public const string Region = "client.region";
    public const string Endpoint = "s3.endpoint";
    public const string PathStyle = "s3.path-style-access";
    public const string AccessKeyId = "s3.access-key-id";
    public const string SecretAccessKey = "s3.secret-access-key";
    public const string SessionToken = "s3.session-token";
    public const string Profile = "s3.profile-name";
    public const string CaFile = "s3.ca-file";
    public const string UploadMemory = "s3.upload-memory";
}
