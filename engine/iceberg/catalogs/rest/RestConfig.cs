using System.Collections.Immutable;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>What a server says of itself at <c>/v1/config</c>: where the catalog lies below it and what it can do.</summary>
/// <param name="Base"><c>/v1</c> or <c>/v1/PREFIX</c>.</param>
/// <param name="Separator">Between the levels of a namespace in a path, escaped.</param>
/// <param name="KeyLifeMs">How long the server knows an idempotency key; null: it takes none.</param>
internal sealed record RestConfig(string Base, string Separator, long? KeyLifeMs)
{
    private const string UsualSeparator = "%1F";

    public static RestConfig Parse(RestAnswer answer, string what) => Json.Parse(answer.Body, what, root =>
    {
        Json.NeedObject(root, what);
        var defaults = Json.OptStrings(root, "defaults", what);
        var overrides = Json.OptStrings(root, "overrides", what);
        string? Setting(string name) => overrides.GetValueOrDefault(name) ?? defaults.GetValueOrDefault(name);
        var prefix = (Setting("prefix") ?? "").Trim('/');
        // Servers give it escaped already, so it is taken as it is; it must not lead elsewhere.
        if (prefix.Any(c => c is <= ' ' or > '~' or '?' or '#' or '\\') || prefix.Split('/').Any(p => p is "." or "..")) throw Json.Bad(what, "its prefix cannot be part of a path");
        return new RestConfig(prefix.Length == 0 ? "/v1" : "/v1/" + prefix, Escaped(Setting("namespace-separator")), KeyLife(Json.OptString(root, "idempotency-key-lifetime", what)));
    });

    /// <summary>A namespace as one part of a path.</summary>
    public string Path(ImmutableArray<string> levels)
    {
        var character = Uri.UnescapeDataString(Separator);
        foreach (var level in levels)
            if (level.Contains(character, StringComparison.Ordinal)) throw new EngineException(ErrorKind.Invalid, $"the namespace level '{level}' holds '{character}', which the catalog puts between levels");
        return string.Join(Separator, levels.Select(Uri.EscapeDataString));
    }

    private static string Escaped(string? separator) =>
        string.IsNullOrEmpty(separator) ? UsualSeparator : separator.Contains('%', StringComparison.Ordinal) ? separator : Uri.EscapeDataString(separator);

    /// <summary>An ISO 8601 duration; one that cannot be read counts as a minute.</summary>
    private static long? KeyLife(string? duration)
    {
        if (duration is null) return null;
        try
        {
            return (long)System.Xml.XmlConvert.ToTimeSpan(duration).TotalMilliseconds;
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return 60_000;
        }
    }
}
