using System.Globalization;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>
/// How to reach S3, or a store that speaks like it. What is not set comes from the environment, as AWS's own tools take it.
/// </summary>
/// <remarks>Its text never holds a secret: it is not a record.</remarks>
public sealed class S3Options
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

    /// <summary>A profile of AWS's configuration files.</summary>
    public string? Profile { get; init; }

    /// <summary>PEM file of the authorities that are trusted, in place of the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>What parts under way may take, all objects together; beyond it each object being written has one part.</summary>
    public long UploadBytes { get; init; } = 32L << 20;

    /// <summary>From 5 MiB on, as S3 demands; an object has at most 10,000.</summary>
    public int PartBytes { get; init; } = 8 << 20;

    public int ConnectTimeoutMs { get; init; } = 5_000;

    /// <summary>How long an answer may take, and how long bytes may be awaited.</summary>
    public int TimeoutMs { get; init; } = 30_000;

    /// <summary>
    /// How long a request is sent again after errors that pass; each is sent twice at least. Six times as long where the store asks for
    /// slowness.
    /// </summary>
    public int RetryMs { get; init; } = 10_000;

    /// <summary>
    /// Of properties named as Iceberg's catalogs and engines name them; <c>s3.upload-memory</c> and <c>s3.ca-file</c> are ours. Others are
    /// passed over.
    /// </summary>
    /// <exception cref="EngineException">Invalid: a value is not what its name demands.</exception>
    public static S3Options Of(IReadOnlyDictionary<string, string> properties)
    {
        var usual = new S3Options();
        return new()
        {
            Region = Text(S3Keys.Region),
            Endpoint = (Text(S3Keys.Endpoint) ?? Variable("AWS_ENDPOINT_URL_S3") ?? Variable("AWS_ENDPOINT_URL")) is { } uri
                ? EndpointOf(uri) : null,
            PathStyle = Text(S3Keys.PathStyle) is { } style ? bool.TryParse(style, out var flag) ? flag : throw Bad(S3Keys.PathStyle)
                : null,
            AccessKeyId = Text(S3Keys.AccessKeyId),
            SecretAccessKey = Text(S3Keys.SecretAccessKey),
            SessionToken = Text(S3Keys.SessionToken),
            Profile = Text(S3Keys.Profile),
            CaFile = Text(S3Keys.CaFile),
            UploadBytes = Text(S3Keys.UploadMemory) is not { } memory ? usual.UploadBytes
                : long.TryParse(memory, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes
                    : throw Bad(S3Keys.UploadMemory),
        };

        string? Text(string name) => properties.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
    }

    /// <summary>What it demands of an endpoint; null for one that is good.</summary>
    public static string? EndpointFlaw(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri is { Host.Length: > 0, UserInfo.Length: 0, AbsolutePath: "/", Query.Length: 0, Fragment.Length: 0 }
            ? null : "expected http:// or https:// with a host and maybe a port";

    private static Uri EndpointOf(string text) =>
        EndpointFlaw(text) is { } flaw ? throw new EngineException(ErrorKind.Invalid, $"the endpoint of S3: {flaw}") : new Uri(text);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;

    private static EngineException Bad(string name) => new(ErrorKind.Invalid, $"{name} has a value that it cannot have");
}
