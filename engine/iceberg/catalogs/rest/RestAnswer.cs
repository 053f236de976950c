using System.Text;
using System.Text.Json;

namespace K2I.Iceberg;

/// <summary>A whole answer of a server: anything it said, success or not.</summary>
internal sealed record RestAnswer(int Status, byte[] Body, string? ETag)
{
    private const int LongestMessage = 300;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>What the server says about its refusal, fit to print: one line, cut, from the protocol's error or else the start of a body of text.</summary>
    public string Problem
    {
        get
        {
            var message = Told();
            if (message.Length == 0 && Body.Length > 0) message = Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, LongestMessage)));
            message = string.Concat(message.Take(LongestMessage).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
            return message.Length == 0 ? $"status {Status}" : $"status {Status}, {message}";
        }
    }

    private string Told()
    {
        try
        {
            using var document = JsonDocument.Parse(Body, new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("error", out var error)
                && (error.ValueKind == JsonValueKind.Object ? error.TryGetProperty("message", out var value) : Plain(document.RootElement, out value))
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
