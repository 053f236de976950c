namespace K2I.Cli.Config;

/// <summary>Keys of object stores, documented once like all (<see cref="Keys"/>): more of S3's, Google's, Azure's.</summary>
internal static class StoreKeys
{
    private const string Text = "a text", Path = "a path", Host = "http:// or https:// and a host", Size = "a size such as 64MiB";

    public static readonly ConfigKey S3Role = new("s3", "role_arn", null, "the ARN of a role",
        "A role to assume by the credentials that there are otherwise.", "arn:aws:iam::123456789012:role/k2i");
    public static readonly ConfigKey S3ExternalId = new("s3", "external_id", null, Text, "What the owner of the role asks for.", "k2i");
    public static readonly ConfigKey S3Encryption = ConfigKey.Choice("s3", "encryption",
        "How the store encrypts objects. none: as the bucket does by itself. s3: by keys of S3. kms: by keys of KMS. dsse: by two layers.",
        "none", "s3", "kms", "dsse");
    public static readonly ConfigKey S3EncryptionKey = new("s3", "encryption_key", null, Text,
        "The key of KMS; without it that of the account.", "arn:aws:kms:eu-central-1:123456789012:key/…");
    public static readonly ConfigKey S3StorageClass = new("s3", "storage_class", null, "a storage class",
        "Of each object; without it the bucket's. Classes that have to be restored before they are read do not do.", "INTELLIGENT_TIERING");
    public static readonly ConfigKey S3Tags = new("s3", "tags", null, "names and values such as team=data, app=k2i",
        "Tags of each object that is written.", "team=data, app=k2i");
    public static readonly ConfigKey S3RequesterPays = ConfigKey.Choice("s3", "requester_pays",
        "Whether K2I agrees to pay for requests to a bucket of someone else.", "false", "true");
    public static readonly ConfigKey S3Proxy = new("s3", "proxy", null, Host,
        "A proxy on the way; without it that of HTTPS_PROXY.", "http://proxy.example.com:3128");

    public static readonly ConfigKey GcsCredentials = new("gcs", "credentials_file", null, Path,
        "A key of a service account, or what gcloud auth application-default login left. Without it what Google's own tools take: "
        + "GOOGLE_APPLICATION_CREDENTIALS, that login, the machine.", "/etc/k2i/gcp-key.json");
    public static readonly ConfigKey GcsToken = new("gcs", "token", null, "a bearer token", "A token that is given, for a try: it ends.",
        "${GCS_TOKEN}")
    { Secret = true };
    public static readonly ConfigKey GcsUserProject = new("gcs", "user_project", null, "a project",
        "The project that pays for requests; without it the bucket's.", "my-project");
    public static readonly ConfigKey GcsStorageClass = new("gcs", "storage_class", null, "a storage class",
        "Of each object; without it the bucket's.", "NEARLINE");
    public static readonly ConfigKey GcsEncryptionKey = new("gcs", "encryption_key", null, "the name of a key of Cloud KMS",
        "The key that objects are encrypted with; without it the bucket's.", "projects/p/locations/eu/keyRings/r/cryptoKeys/k");
    public static readonly ConfigKey GcsEndpoint = new("gcs", "endpoint", null, Host,
        "Where the service is, without a path; without it STORAGE_EMULATOR_HOST, else Google.",
        "https://storage-myendpoint.p.googleapis.com");
    public static readonly ConfigKey GcsAnonymous = ConfigKey.Choice("gcs", "anonymous",
        "Whether requests go without any login: to an emulator.", "false", "true");
    public static readonly ConfigKey GcsCaFile = new("gcs", "ca_file", null, Path,
        "PEM file of the authorities to trust, in place of the system's.", "/etc/k2i/ca.crt");
    public static readonly ConfigKey GcsProxy = new("gcs", "proxy", null, Host,
        "A proxy on the way; without it that of HTTPS_PROXY.", "http://proxy.example.com:3128");
    public static readonly ConfigKey GcsUploadMemory = new("gcs", "upload_memory", "32MiB", Size, "As that of [s3], for Google's store.");

    public static readonly ConfigKey AzureAccountKey = new("azure", "account_key", null, "a key in Base64",
        "The account's key. Without it, and without the others, what Azure's own tools take: AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN, "
        + "AZURE_TENANT_ID and AZURE_CLIENT_ID with AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE, the machine's identity.",
        "${file:/etc/k2i/azure-key}")
    { Secret = true };
    public static readonly ConfigKey AzureSas = new("azure", "sas_token", null, "a shared access signature",
        "A signature in place of the key, of the container or the account.", "${file:/etc/k2i/azure-sas}")
    { Secret = true };
    public static readonly ConfigKey AzureToken = new("azure", "token", null, "a bearer token",
        "A token that is given, for a try: it ends.", "${AZURE_TOKEN}")
    { Secret = true };
    public static readonly ConfigKey AzureTenant = new("azure", "tenant_id", null, Text, "The directory of client_id.",
        "00000000-0000-0000-0000-000000000000");
    public static readonly ConfigKey AzureClient = new("azure", "client_id", null, Text,
        "Who asks, with tenant_id and client_secret; without those which identity of the machine.", "00000000-0000-0000-0000-000000000000");
    public static readonly ConfigKey AzureSecret = new("azure", "client_secret", null, "a secret", "The secret of client_id.",
        "${file:/etc/k2i/azure-secret}")
    { Secret = true };
    public static readonly ConfigKey AzureEndpoint = new("azure", "endpoint", null, Host,
        "Where the service is in place of Azure, without a path: an emulator. The account stands in the path then.",
        "http://azurite:10000");
    public static readonly ConfigKey AzureCaFile = new("azure", "ca_file", null, Path,
        "PEM file of the authorities to trust, in place of the system's.", "/etc/k2i/ca.crt");
    public static readonly ConfigKey AzureProxy = new("azure", "proxy", null, Host,
        "A proxy on the way; without it that of HTTPS_PROXY.", "http://proxy.example.com:3128");
    public static readonly ConfigKey AzureUploadMemory = new("azure", "upload_memory", "32MiB", Size,
        "As that of [s3], for Azure's store.");

    public static readonly ConfigKey[] All =
    [
        S3Role, S3ExternalId, S3Encryption, S3EncryptionKey, S3StorageClass, S3Tags, S3RequesterPays, S3Proxy,
        GcsCredentials, GcsToken, GcsUserProject, GcsStorageClass, GcsEncryptionKey, GcsEndpoint, GcsAnonymous, GcsCaFile, GcsProxy,
        GcsUploadMemory,
        AzureAccountKey, AzureSas, AzureToken, AzureTenant, AzureClient, AzureSecret, AzureEndpoint, AzureCaFile, AzureProxy,
        AzureUploadMemory,
    ];
}
