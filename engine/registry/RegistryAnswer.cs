using System.Text.Json;
using K2I.Base;

namespace K2I.Registry;

/// <summary>What a registry answered, but for redirects: those are none of use.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Body">Within the options' limit.</param>
/// <param name="Headers">The first of a name, those of the content too.</param>
internal sealed record RegistryAnswer(int Status, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    private const int MaxDepth = 64;

    /// <summary>Throws JsonException where it is none.</summary>
    internal JsonDocument Json() => JsonDocument.Parse(Body, new() { MaxDepth = MaxDepth });

    /// <summary>A text of the JSON object that it is; null where there is none.</summary>
    internal static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    /// <summary>It is of no use: another address may know better, or the same one later.</summary>
    internal EngineException Useless(string why = "") =>
        new(ErrorKind.Unavailable, $"{Status}{(why.Length == 0 ? "" : $": {why}")}");
}
