using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace K2I.Kit;

/// <summary>Signatures of S3, version 4, by the book: for what stands in for a server that has the keys.</summary>
public static class SigV4
{
    private const string Unsigned = "UNSIGNED-PAYLOAD";

    /// <summary>The headers that sign a request whose body is not signed, those given among what is signed.</summary>
    public static SortedDictionary<string, string> Sign(
        string method, Uri uri, IEnumerable<KeyValuePair<string, string>> headers, string accessKey, string secretKey, string region)
    {
        var now = DateTime.UtcNow;
        var time = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var signed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in headers) signed[name.ToLowerInvariant()] = value.Trim();
        signed["host"] = uri.IsDefaultPort ? uri.Host : $"{uri.Host}:{uri.Port}";
        signed["x-amz-date"] = time;
        signed["x-amz-content-sha256"] = Unsigned;
        var names = string.Join(';', signed.Keys);
        var query = string.Join('&', uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Contains('=', StringComparison.Ordinal) ? p : p + "=").Order(StringComparer.Ordinal));
        var lines = string.Concat(signed.Select(s => $"{s.Key}:{s.Value}\n"));
        var request = $"{method}\n{uri.AbsolutePath}\n{query}\n{lines}\n{names}\n{Unsigned}";
        var scope = $"{time[..8]}/{region}/s3/aws4_request";
        var text = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (var part in scope.Split('/')) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
        signed["authorization"] = $"AWS4-HMAC-SHA256 Credential={accessKey}/{scope}, SignedHeaders={names}, Signature={signature}";
        return signed;
    }
}
