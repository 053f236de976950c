using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace K2I.Cloud;

/// <summary>The signature of a request by an account's key.</summary>
internal static class AzureSigner
{
    /// <summary>
    /// Headers that are signed by their place, in its order; between them and the verb stand three more that we never send.
    /// </summary>
    private static readonly string[] Placed =
        ["Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range"];

    /// <param name="path">As it is sent, percent-encoded.</param>
    public static void Sign(HttpRequestMessage message, CloudRequest request, string account, string path, byte[] key)
    {
        var length = request.Body.Length == 0 || message.Content is null ? "" : request.Body.Length.ToString(CultureInfo.InvariantCulture);
        var text = new StringBuilder(message.Method.Method).Append("\n\n\n").Append(length).Append('\n');
        foreach (var name in Placed)
            text.Append(message.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString()
                : message.Content?.Headers.NonValidated.TryGetValues(name, out var more) == true ? more.ToString() : "").Append('\n');
        var own = message.Headers.NonValidated.Where(h => h.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .Select(h => (Name: h.Key.ToLowerInvariant(), Value: h.Value.ToString().Trim())).OrderBy(h => h.Name, StringComparer.Ordinal);
        foreach (var (name, value) in own) text.Append(name).Append(':').Append(value).Append('\n');
        text.Append('/').Append(account).Append(path);
        foreach (var (name, value) in request.Query.OrderBy(q => q.Name, StringComparer.Ordinal))
            text.Append('\n').Append(name).Append(':').Append(value);
        var signature = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text.ToString()));
        message.Headers.TryAddWithoutValidation("Authorization", $"SharedKey {account}:{Convert.ToBase64String(signature)}");
    }
}
