using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>
/// How to reach S3, or a store that speaks like it. What is not set comes from the environment, as AWS's own tools take it.
/// </summary>
public sealed class S3Options : StoreOptions
{
    /// <summary>Null for that of the environment, the profile or the machine; <c>us-east-1</c> with an endpoint.</summary>
    public string? Region { get; init; }

    /// <summary>Null for AWS's own.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The bucket in the path rather than in the host's name; null for: with an endpoint.</summary>
    public bool? PathStyle { get; init; }

    /// <summary>
    /// With <see cref="SecretAccessKey"/>; null for the profile, else the environment, profile files, web identity, container or machine.
    /// </summary>
    public string? AccessKeyId { get; init; }

    public string? SecretAccessKey { get; init; }

    public string? SessionToken { get; init; }

    /// <summary>When the token ends, in milliseconds since 1970; null for one that does not.</summary>
    public long? SessionTokenEndsUnixMs { get; init; }

    /// <summary>A profile of AWS's configuration files.</summary>
    public string? Profile { get; init; }

    /// <summary>A role to assume, by the credentials that there are otherwise.</summary>
    public string? RoleArn { get; init; }

    /// <summary>What the role's owner may ask for.</summary>
    public string? RoleExternalId { get; init; }

    /// <summary>Of the object: <c>AES256</c>, <c>aws:kms</c>, <c>aws:kms:dsse</c>; null for what the bucket does by itself.</summary>
    public string? Encryption { get; init; }

    /// <summary>The key of <c>aws:kms</c>; null for the account's own.</summary>
    public string? EncryptionKey { get; init; }

    /// <summary>Null for the bucket's.</summary>
    public string? StorageClass { get; init; }

    /// <summary>Signs requests in place of credentials; null for those.</summary>
    internal IRequestSigner? Signer { get; init; }

    /// <summary>Whoever asks agrees to pay.</summary>
    public bool RequesterPays { get; init; }

    /// <summary>Tags of each object that is written.</summary>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    internal static S3Options Of(IReadOnlyDictionary<string, string> properties, Func<IReadOnlyDictionary<string, string>>? renewal,
        IRequestSigner? signer = null)
    {
        var values = new StoreProperties(properties);
        var endpoint = StoreProperties.Variable("AWS_ENDPOINT_URL_S3") ?? StoreProperties.Variable("AWS_ENDPOINT_URL");
        return new()
        {
            Region = values.Text(S3Keys.Region),
            Endpoint = values.Address(S3Keys.Endpoint)
                ?? (endpoint is null ? null : StoreProperties.Address(endpoint, "the endpoint of S3 in the environment")),
            PathStyle = values.Flag(S3Keys.PathStyle),
            AccessKeyId = values.Text(S3Keys.AccessKeyId),
            SecretAccessKey = values.Text(S3Keys.SecretAccessKey),
            SessionToken = values.Text(S3Keys.SessionToken),
            SessionTokenEndsUnixMs = values.Number(S3Keys.SessionTokenEnds),
            Profile = values.Text(S3Keys.Profile),
            RoleArn = values.Text(S3Keys.RoleArn),
            RoleExternalId = values.Text(S3Keys.RoleExternalId),
            CaFile = values.Text(S3Keys.CaFile),
            Proxy = values.Address(S3Keys.Proxy),
            Encryption = values.Text(S3Keys.Encryption) switch
            {
                null or "none" => null,
                "s3" => "AES256",
                "kms" => "aws:kms",
                "dsse" => "aws:kms:dsse",
                _ => throw StoreProperties.Bad(S3Keys.Encryption),
            },
            EncryptionKey = values.Text(S3Keys.EncryptionKey),
            StorageClass = values.Text(S3Keys.StorageClass),
            RequesterPays = values.Flag(S3Keys.RequesterPays) ?? false,
            Tags = values.Below(S3Keys.TagPrefix),
            UploadBytes = values.Number(S3Keys.UploadMemory) ?? DefaultUploadBytes,
            Renewal = renewal,
            Signer = signer,
        };
    }

    internal override CloudService Service(HttpClient http, IClock clock) => new S3Service(this, clock);
}
