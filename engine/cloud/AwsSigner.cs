using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon;
using Amazon.Runtime.Internal.Auth;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>Signature version 4 for a service of AWS other than S3, such as <c>glue</c>. Any thread.</summary>
/// <param name="options">Who asks, and in which region; the endpoint is that of S3.</param>
/// <param name="service">The name that signatures are made for.</param>
/// <param name="clock">The time of signatures.</param>
/// <param name="endpoint">Where the service is, if it is not AWS's own.</param>
public sealed class AwsSigner(S3Options options, string service, IClock? clock = null, Uri? endpoint = null) : IRequestSigner
{
    private readonly S3Credentials credentials = new(options);
    private readonly IClock clock = clock ?? SystemClock.Instance;

    /// <summary>Where the service is reached.</summary>
    /// <exception cref="EngineException">Invalid: nothing says in which region.</exception>
    public Uri Endpoint => endpoint ?? OfRegion(RegionEndpoint.GetBySystemName(credentials.Region()));

    public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body)
    {
        var uri = request.RequestUri!;
        var who = credentials.Current();
        var now = DateTimeOffset.FromUnixTimeMilliseconds(clock.UnixMs).UtcDateTime;
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        Set("x-amz-content-sha256", hash);
        Set("x-amz-date", now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        if (who.UseToken) Set("x-amz-security-token", who.Token);

        var signed = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = uri.IsDefaultPort ? uri.Host : $"{uri.Host}:{uri.Port}",
        };
        if (request.Content?.Headers.ContentType is { } type) signed["content-type"] = type.ToString();
        foreach (var (name, value) in request.Headers.NonValidated)
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)) signed[name.ToLowerInvariant()] = value.ToString().Trim();
        var names = string.Join(';', signed.Keys);
        var text = new StringBuilder($"{request.Method.Method}\n{Path(uri)}\n{Query(uri)}\n");
        foreach (var (name, value) in signed) text.Append(name).Append(':').Append(value).Append('\n');
        text.Append('\n').Append(names).Append('\n').Append(hash);
        var signature = AWS4Signer.ComputeSignature(who, credentials.Region(), now, service, names, text.ToString());
        Set("Authorization", signature.ForAuthorizationHeader);

        void Set(string name, string value)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>As it is sent, and encoded once more: all services but S3 want it so.</summary>
    private static string Path(Uri uri) => string.Join('/', uri.AbsolutePath.Split('/').Select(Uri.EscapeDataString));

    private static string Query(Uri uri) => string.Join('&', uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(p => p.Contains('=', StringComparison.Ordinal) ? p : p + "=").Order(StringComparer.Ordinal));

    private Uri OfRegion(RegionEndpoint region) => new($"https://{service}.{region.SystemName}.{region.PartitionDnsSuffix}");
}
