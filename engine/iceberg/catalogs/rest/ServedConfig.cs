using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>
/// What a server says of one table beside its metadata: settings, and keys for its files. Holds secrets: not to be printed.
/// </summary>
/// <param name="Settings">Of the table as a whole, a token for requests about it among them.</param>
/// <param name="Credentials">For the files whose locations begin so; beside the settings, and before them.</param>
/// <param name="ReceivedMs">Unix time.</param>
internal sealed record ServedConfig(
    ImmutableSortedDictionary<string, string> Settings,
    ImmutableArray<(string Prefix, ImmutableSortedDictionary<string, string> Properties)> Credentials,
    long ReceivedMs)
{
    public const string SasToken = "adls.sas-token.", SasTokenEnds = "adls.sas-token-expires-at-ms.";

    /// <summary>What makes a store reachable, all of one kind: half a key would have one's own sent to where the server says.</summary>
    private static readonly ImmutableArray<ImmutableArray<string>> Keys =
        [["s3.access-key-id", "s3.secret-access-key"], ["gcs.oauth2.token"], ["adls.sas-token"], ["adls.token"]];

    private static readonly ImmutableArray<string> Secrets = [.. Keys.SelectMany(k => k), "s3.session-token", "s3.signer.endpoint",
        "signer.endpoint"];

    private static readonly ImmutableArray<string> Refreshers =
        ["client.refresh-credentials-endpoint", "gcs.oauth2.refresh-credentials-endpoint", "adls.refresh-credentials-endpoint"];

    /// <summary>
    /// Names, or beginnings of names, of when keys end: milliseconds since 1970. The last one is what Polaris and Unity add.
    /// </summary>
    private static readonly ImmutableArray<string> Ends =
        [
            "s3.session-token-expires-at-ms", "gcs.oauth2.token-expires-at", "adls.sas-token-expires-at-ms", "adls.token-expires-at-ms",
            "expiration-time",
        ];

    /// <summary>A token for requests about the table; null for none.</summary>
    public string? Token => Settings.GetValueOrDefault("token") is { Length: > 0 } token && token.All(c => c is > ' ' and <= '~')
        ? token : null;

    /// <summary>Where keys are asked for again, as the server puts it; null for where the protocol has it.</summary>
    public string? Refresher => Refreshers.Select(r => Settings.GetValueOrDefault(r)).FirstOrDefault(r => !string.IsNullOrEmpty(r));

    /// <summary>Of a table's JSON: <c>config</c>, <c>storage-credentials</c>.</summary>
    public static ServedConfig Read(JsonElement json, string what, long nowMs) =>
        new(Strings(json, "config", what), ReadCredentials(json, what), nowMs);

    /// <summary>Strings by name; servers put numbers and flags among them.</summary>
    public static ImmutableSortedDictionary<string, string> Strings(JsonElement of, string name, string what)
    {
        if (!Json.Has(of, name, out var map)) return SummaryKeys.Empty;
        Json.NeedObject(map, $"{what}, '{name}'");
        var strings = SummaryKeys.Empty.ToBuilder();
        foreach (var pair in map.EnumerateObject())
        {
            if (pair.Value.ValueKind == JsonValueKind.String) strings[pair.Name] = Json.AsString(pair.Value, pair.Name, what);
            else if (pair.Value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
                strings[pair.Name] = pair.Value.GetRawText();
        }
        return strings.ToImmutable();
    }

    /// <summary>Nothing came with the table.</summary>
    public bool IsEmpty => Settings.IsEmpty && Credentials.IsEmpty;

    /// <summary>The same after what holds for all tables of the server.</summary>
    public ServedConfig Over(ImmutableSortedDictionary<string, string> all) => this with { Settings = all.SetItems(Settings) };

    /// <summary>The same with other keys in place of all that were there.</summary>
    public ServedConfig With(ServedConfig renewed) => renewed with { Settings = Settings.RemoveRange(Settings.Keys.Where(IsKey)) };

    /// <summary>The longest prefix that a location begins with; empty for none.</summary>
    public string PrefixOf(string location)
    {
        var longest = "";
        foreach (var (prefix, _) in Credentials)
            if (prefix.Length > longest.Length && location.StartsWith(Location.Canonical(prefix), StringComparison.Ordinal))
                longest = prefix;
        return longest;
    }

    /// <summary>What reaches a location; null where nothing here does.</summary>
    public ImmutableSortedDictionary<string, string>? For(string location)
    {
        var prefix = PrefixOf(location);
        var properties = Settings;
        foreach (var (of, own) in Credentials)
            if (of == prefix) properties = properties.SetItems(own);
        return Reaches(properties) ? properties : null;
    }

    /// <summary>When keys end, in Unix time; null where they do not say.</summary>
    public static long? EndMs(ImmutableSortedDictionary<string, string> properties)
    {
        long? first = null;
        foreach (var (name, text) in properties)
            if (Ends.Any(e => name.StartsWith(e, StringComparison.Ordinal))
                && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms > 0 && !(first < ms))
                first = ms;
        return first;
    }

    // The generated text would print secrets.
    public override string ToString() => $"{Settings.Count} settings, {Credentials.Length} credentials";

    private static ImmutableArray<(string Prefix, ImmutableSortedDictionary<string, string> Properties)> ReadCredentials(JsonElement json,
        string what) =>
        Json.OptArray(json, "storage-credentials", what, one =>
        {
            Json.NeedObject(one, what);
            return (Json.String(one, "prefix", what), Strings(one, "config", what));
        });

    /// <summary>Keys are there; what else reaches is the server's signature.</summary>
    public static bool HasKeys(ImmutableSortedDictionary<string, string> properties) =>
        Keys.Any(kind => kind.All(k => properties.GetValueOrDefault(k) is { Length: > 0 }))
        || properties.Any(p => p.Value.Length > 0 && p.Key.StartsWith(SasToken, StringComparison.Ordinal));

    private static bool Reaches(ImmutableSortedDictionary<string, string> properties) =>
        HasKeys(properties) || string.Equals(properties.GetValueOrDefault("s3.remote-signing-enabled"), "true",
            StringComparison.OrdinalIgnoreCase);

    private static bool IsKey(string name) => Secrets.Contains(name) || name.StartsWith(SasToken, StringComparison.Ordinal)
        || Ends.Any(e => name.StartsWith(e, StringComparison.Ordinal));
}
