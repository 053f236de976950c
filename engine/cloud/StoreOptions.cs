using K2I.Base;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>How to reach a store: what all kinds have.</summary>
/// <remarks>Its text never holds a secret: it is not a record.</remarks>
public abstract class StoreOptions
{
    internal const long DefaultUploadBytes = 32L << 20;

    /// <summary>How locations begin for which there are stores.</summary>
    public static IReadOnlyList<string> Schemes { get; } = ["s3", "s3a", "s3n", "gs", "abfs", "abfss", "wasb", "wasbs"];

    /// <summary>PEM file of the authorities that are trusted, in place of the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>Null for that of the environment (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>).</summary>
    public Uri? Proxy { get; init; }

    /// <summary>What parts under way may take, all objects together; beyond it each object being written has one part.</summary>
    public long UploadBytes { get; init; } = DefaultUploadBytes;

    /// <summary>A multiple of 256 KiB, as Google demands, from 5 MiB on, as S3 does; an object has at most 10,000.</summary>
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
    /// Asked again before the credentials end that it gave: properties, as <see cref="Of"/> takes them. Null for credentials that are
    /// renewed otherwise or do not end. Any thread; it may block, and throws as a store does.
    /// </summary>
    internal Func<IReadOnlyDictionary<string, string>>? Renewal { get; init; }

    /// <summary>
    /// Of properties named as Iceberg's catalogs and engines name them (see the keys of each kind); others are passed over. They may end:
    /// they are asked for again then, and only who asks is taken from them.
    /// </summary>
    /// <param name="location">Any location in the store, whose scheme tells the kind.</param>
    /// <param name="properties">How the store is reached, as it is now. Any thread.</param>
    /// <param name="signer">Signs requests to S3 in place of keys; null for none.</param>
    /// <exception cref="EngineException">Invalid: a value is not what its name demands. Unsupported: no store for such
    /// locations.</exception>
    public static StoreOptions Of(string location, Func<IReadOnlyDictionary<string, string>> properties,
        IRequestSigner? signer = null) =>
        Location.SchemeOf(Location.Canonical(location)) switch
        {
            Location.S3 => S3Options.Of(properties(), properties, signer),
            Location.Google => GcsOptions.Of(properties(), properties),
            Location.Azure => AzureOptions.Of(location, properties(), properties),
            var scheme => throw new EngineException(ErrorKind.Unsupported, $"{location}: this build has no store for {scheme}://"),
        };

    /// <summary>What is demanded of an endpoint or proxy; null for one that is good.</summary>
    public static string? AddressFlaw(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri is { Host.Length: > 0, UserInfo.Length: 0, AbsolutePath: "/", Query.Length: 0, Fragment.Length: 0 }
            ? null : "expected http:// or https:// with a host and maybe a port";

    internal abstract CloudService Service(HttpClient http, IClock clock);
}
