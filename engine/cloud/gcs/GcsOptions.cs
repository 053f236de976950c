using K2I.Base;

namespace K2I.Cloud;

/// <summary>How to reach Google Cloud Storage. What is not set comes from the environment, as Google's own tools take it.</summary>
public sealed class GcsOptions : StoreOptions
{
    /// <summary>Null for Google's own.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>A token that is given; null for one of <see cref="CredentialsFile"/>, of the environment or of the machine.</summary>
    public string? Token { get; init; }

    /// <summary>When the token ends, in milliseconds since 1970; null for one that does not.</summary>
    public long? TokenEndsUnixMs { get; init; }

    /// <summary>Nobody is asked who asks: an emulator, or objects for everyone.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>
    /// A key of a service account, or what a person's login left. Null for <c>GOOGLE_APPLICATION_CREDENTIALS</c> and its like.
    /// </summary>
    public string? CredentialsFile { get; init; }

    /// <summary>The project that pays for requests; null for the bucket's.</summary>
    public string? UserProject { get; init; }

    /// <summary>Null for the bucket's.</summary>
    public string? StorageClass { get; init; }

    /// <summary>A key of Cloud KMS that objects are encrypted with; null for the bucket's.</summary>
    public string? EncryptionKey { get; init; }

    internal static GcsOptions Of(IReadOnlyDictionary<string, string> properties, Func<IReadOnlyDictionary<string, string>>? renewal)
    {
        var values = new StoreProperties(properties);
        var emulator = StoreProperties.Variable("STORAGE_EMULATOR_HOST") is { } host
            ? StoreProperties.Address(host.Contains("://", StringComparison.Ordinal) ? host : "http://" + host, "STORAGE_EMULATOR_HOST")
            : null;
        var endpoint = values.Address(GcsKeys.Endpoint);
        return new()
        {
            Endpoint = endpoint ?? emulator,
            Token = values.Text(GcsKeys.Token),
            TokenEndsUnixMs = values.Number(GcsKeys.TokenEnds),
            IsAnonymous = values.Flag(GcsKeys.NoAuth) ?? (endpoint is null && emulator is not null),
            CredentialsFile = values.Text(GcsKeys.CredentialsFile),
            UserProject = values.Text(GcsKeys.UserProject),
            StorageClass = values.Text(GcsKeys.StorageClass),
            EncryptionKey = values.Text(GcsKeys.EncryptionKey),
            CaFile = values.Text(GcsKeys.CaFile),
            Proxy = values.Address(GcsKeys.Proxy),
            UploadBytes = values.Number(GcsKeys.UploadMemory) ?? DefaultUploadBytes,
            Renewal = renewal,
        };
    }

    internal override CloudService Service(HttpClient http, IClock clock) => new GcsService(this, http, clock);
}
