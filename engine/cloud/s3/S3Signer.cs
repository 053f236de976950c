using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;

namespace K2I.Cloud;

/// <summary>Signature version 4 on a request, by the SDK's signer.</summary>
internal static class S3Signer
{
    private const string Unsigned = "UNSIGNED-PAYLOAD";

    /// <summary>
    /// Over plain http a body up to this size is signed, beyond it the signature covers its checksum alone: hashing costs more than
    /// sending.
    /// </summary>
    private const int LargestSignedBody = 1 << 20;

    /// <param name="path">As it is sent, percent-encoded.</param>
    /// <param name="query">As it is sent: sorted, percent-encoded; empty for none.</param>
    public static void Sign(HttpRequestMessage message, string path, string query, ReadOnlyMemory<byte> body, ImmutableCredentials who,
        string region, DateTime now)
    {
        var uri = message.RequestUri!;
        var hash = uri.Scheme == "http" && body.Length <= LargestSignedBody
            ? Convert.ToHexStringLower(SHA256.HashData(body.Span)) : Unsigned;
        message.Headers.TryAddWithoutValidation("x-amz-content-sha256", hash);
        message.Headers.TryAddWithoutValidation("x-amz-date", now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        if (who.UseToken) message.Headers.TryAddWithoutValidation("x-amz-security-token", who.Token);

        var host = uri.IsDefaultPort ? uri.Host : $"{uri.Host}:{uri.Port}";
        var signed = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = host };
        // Whatever decides what the request does; what a proxy on the way may change is left out.
        foreach (var (name, value) in message.Headers.NonValidated)
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("if-", StringComparison.OrdinalIgnoreCase)
                || name.Equals("range", StringComparison.OrdinalIgnoreCase))
                signed[name.ToLowerInvariant()] = value.ToString().Trim();
        var names = string.Join(';', signed.Keys);
        var text = new StringBuilder().Append(message.Method.Method).Append('\n').Append(path).Append('\n').Append(query).Append('\n');
        foreach (var (name, value) in signed) text.Append(name).Append(':').Append(value).Append('\n');
        text.Append('\n').Append(names).Append('\n').Append(hash);
        var signature = AWS4Signer.ComputeSignature(who, region, now, "s3", names, text.ToString());
        message.Headers.TryAddWithoutValidation("Authorization", signature.ForAuthorizationHeader);
    }
}
