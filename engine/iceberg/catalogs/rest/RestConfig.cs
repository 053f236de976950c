using System.Collections.Frozen;
using System.Collections.Immutable;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>What a server says of itself at <c>/v1/config</c>: where the catalog lies below it and what it can do.</summary>
/// <param name="Root">The catalog's address, without a slash at the end.</param>
/// <param name="Base"><c>ROOT/v1</c> or <c>ROOT/v1/PREFIX</c>.</param>
/// <param name="Separator">Between the levels of a namespace in a path, escaped.</param>
/// <param name="KeyLifeMs">How long the server knows an idempotency key; null: it takes none.</param>
/// <param name="Storage">How it says that stores are reached, of all tables; a table's own word is before it.</param>
/// <param name="Endpoints">What can be asked of it, each as <see cref="RestEndpoint.Plain"/>; null: it does not say.</param>
internal sealed record RestConfig(string Root, string Base, string Separator, long? KeyLifeMs,
    ImmutableSortedDictionary<string, string> Storage, FrozenSet<string>? Endpoints)
{
    private const string UsualSeparator = "%1F";

    private static readonly ImmutableArray<string> OfStorage = ["s3.", "gcs.", "adls.", "client.region", "signer."];

    /// <param name="answer">A success.</param>
    /// <param name="root">The address that was configured.</param>
    /// <param name="what">For messages.</param>
    public static RestConfig Parse(RestAnswer answer, string root, string what) => Json.Parse(answer.Body, what, json =>
    {
        Json.NeedObject(json, what);
        var defaults = ServedConfig.Strings(json, "defaults", what);
        var overrides = ServedConfig.Strings(json, "overrides", what);
        string? Setting(string name) => overrides.GetValueOrDefault(name) ?? defaults.GetValueOrDefault(name);
        var prefix = (Setting("prefix") ?? "").Trim('/');
        // Servers give it escaped already, so it is taken as it is; it must not lead elsewhere.
        if (prefix.Any(c => c is <= ' ' or > '~' or '?' or '#' or '\\')
            || prefix.Split('/').Any(p => p is "." or "..")) throw Json.Bad(what, "its prefix cannot be part of a path");
        var endpoints = Json.OptArray(json, "endpoints", what, e => RestEndpoint.Plain(Json.AsString(e, "endpoints", what)))
            .ToFrozenSet(StringComparer.Ordinal);
        var at = overrides.GetValueOrDefault("uri") is { } moved && AddressOnSameHost(moved, root) is { } address ? address : root;
        return new RestConfig(at, prefix.Length == 0 ? at + "/v1" : $"{at}/v1/{prefix}", Escaped(Setting("namespace-separator")),
            KeyLife(Json.OptString(json, "idempotency-key-lifetime", what)), StorageOf(defaults.SetItems(overrides)),
            endpoints.Count > 0 ? endpoints : null);
    });

    /// <summary>
    /// Where a server wants to be asked, if that is itself; null for any other host, which would be sent our login, and for what is no
    /// address.
    /// Relative ones lie below <paramref name="root"/>. No slash at the end.
    /// </summary>
    public static string? AddressOnSameHost(string text, string root)
    {
        // "/v1/…" is an absolute path of a file to Uri.
        var isAbsolute = text.Contains("://", StringComparison.Ordinal);
        var home = new Uri(root);
        if (!Uri.TryCreate(isAbsolute ? text : $"{root}/{text.TrimStart('/')}", UriKind.Absolute, out var uri)) return null;
        return uri.Scheme == home.Scheme && uri.IdnHost == home.IdnHost && uri.Port == home.Port
            && uri is { UserInfo.Length: 0, Fragment.Length: 0 }
            ? (isAbsolute ? text : $"{root}/{text.TrimStart('/')}").TrimEnd('/') : null;
    }

    /// <summary>False only for what the server left out of its list.</summary>
    public bool Offers(string endpoint) => Endpoints?.Contains(RestEndpoint.Plain(endpoint)) ?? true;

    /// <summary>The server names it in a list.</summary>
    public bool Lists(string endpoint) => Endpoints?.Contains(RestEndpoint.Plain(endpoint)) ?? false;

    /// <exception cref="EngineException">Unsupported: the server's list lacks it.</exception>
    public void Require(string endpoint)
    {
        if (!Offers(endpoint)) throw new EngineException(ErrorKind.Unsupported, $"{Root} does not offer {endpoint}");
    }

    /// <summary>A namespace as one part of a path.</summary>
    public string Path(ImmutableArray<string> levels)
    {
        var character = Uri.UnescapeDataString(Separator);
        foreach (var level in levels)
            if (level.Contains(character, StringComparison.Ordinal)) throw new EngineException(ErrorKind.Invalid,
                $"the namespace level '{level}' holds '{character}', which the catalog puts between levels");
        return string.Join(Separator, levels.Select(Uri.EscapeDataString));
    }

    private static ImmutableSortedDictionary<string, string> StorageOf(ImmutableSortedDictionary<string, string> settings) =>
        settings.RemoveRange(settings.Keys.Where(k => !OfStorage.Any(s => k.StartsWith(s, StringComparison.Ordinal))));

    private static string Escaped(string? separator) =>
        string.IsNullOrEmpty(separator) ? UsualSeparator : separator.Contains('%', StringComparison.Ordinal) ? separator
            : Uri.EscapeDataString(separator);

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
