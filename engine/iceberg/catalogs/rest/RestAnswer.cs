using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace K2I.Iceberg;

/// <summary>A whole answer of a server: anything it said, success or not.</summary>
public sealed record RestAnswer(int Status, byte[] Body, string? ETag)
{
    /// <summary>How long its client may keep an answer that says so without saying for how long.</summary>
    private const long UsualKeepMs = 30_000;

    private const int LongestMessage = 300;

    /// <summary>How long it may be used again (<c>Cache-Control</c>); null: it may not.</summary>
    public long? KeepMs { get; init; }

    /// <summary>The token of a single table that was sent; no message tells it.</summary>
    public string? Secret { get; init; }

    /// <summary>Of the header of an answer.</summary>
    public static long? KeepMsOf(CacheControlHeaderValue? said) => said is null or { NoStore: true } or { NoCache: true } ? null
        : said.MaxAge is { } age ? (long)age.TotalMilliseconds : said.Private ? UsualKeepMs : null;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>
    /// What the server says about its refusal, fit to print: one line, cut, from the protocol's error or else the start of a body of
    /// text.
    /// </summary>
    public string Problem
    {
        get
        {
            var message = Told();
            if (message.Length == 0 && Body.Length > 0) message = Encoding.UTF8.GetString(Body.AsSpan(0,
                Math.Min(Body.Length, LongestMessage)));
            if (IsPage(message)) message = "a page of HTML: is a catalog at this address?";
            if (Secret is { } secret) message = message.Replace(secret, "***", StringComparison.Ordinal);
            message = string.Concat(message.Take(LongestMessage).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
            return message.Length == 0 ? $"status {Status}" : $"status {Status}, {message}";
        }
    }

    private static bool IsPage(string body) => Begins(body, "<html") || Begins(body, "<!doctype");

    private static bool Begins(string body, string tag) => body.AsSpan().TrimStart().StartsWith(tag, StringComparison.OrdinalIgnoreCase);

    private string Told()
    {
        try
        {
            using var document = JsonDocument.Parse(Body, new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("error", out var error)
                && (error.ValueKind == JsonValueKind.Object ? error.TryGetProperty("message", out var value)
                    : Plain(document.RootElement, out value))
                && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A proxy's page, or nothing: the status has to say it all.
            return "";
        }
    }

    /// <summary>OAuth2's form: <c>{"error": "invalid_client", "error_description": "…"}</c>.</summary>
    private static bool Plain(JsonElement root, out JsonElement value) =>
        root.TryGetProperty("error_description", out value) || root.TryGetProperty("error", out value);
}
