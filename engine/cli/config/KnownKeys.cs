using K2I.Kafka;

namespace K2I.Cli.Config;

/// <summary>Which keys a section may have, and what was probably meant by one that it may not.</summary>
internal static class KnownKeys
{
    // What people coming from Kafka clients and Kafka Connect try first.
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["bootstrap.servers"] = "it is 'brokers' here",
        ["metadata.broker.list"] = "it is 'brokers' here",
        ["group.id"] = "it is 'group' here",
        ["client.id"] = "it is 'client_id' here",
        ["group.instance.id"] = "it is 'instance_id' here",
        ["auto.offset.reset"] = "it is 'start' of a [table.NAME] here",
        ["enable.auto.commit"] = "K2I keeps offsets in the table and sets it itself",
        ["enable.auto.offset.store"] = "K2I keeps offsets in the table and sets it itself",
        ["isolation.level"] = "K2I always reads committed records only",
        ["partition.assignment.strategy"] = "K2I sets it itself",
        ["group.protocol"] = "it is 'group_protocol' here",
        ["topic"] = "did you mean 'topics'?",
    };

    public static IEnumerable<string> In(string kind) => kind == "kafka" ? Keys.NamesIn(kind).Concat(KafkaProperties.All) : Keys.NamesIn(kind);

    public static bool Has(string kind, string key) =>
        kind == "table" && (IsProperty(key) || IsUnit(key))
        || (kind is "iceberg" or "registry" && IsHeader(key))
        || kind == "kafka" && KafkaProperties.IsAllowed(key)
        || Array.Exists(Keys.All, k => k.Section == kind && k.Name == key);

    public static bool IsVerbatim(string kind, string key) => Array.Exists(Keys.All, k => k.Section == kind && k.Name == key && k.Verbatim);

    public static bool IsProperty(string key) => key.StartsWith(Keys.PropertyPrefix, StringComparison.Ordinal) && key.Length > Keys.PropertyPrefix.Length;

    public static bool IsUnit(string key) => key.StartsWith(Keys.UnitPrefix, StringComparison.Ordinal) && key.Length > Keys.UnitPrefix.Length;

    public static bool IsHeader(string key) => key.StartsWith(Keys.HeaderPrefix, StringComparison.Ordinal) && key.Length > Keys.HeaderPrefix.Length;

    public static bool IsSecret(string kind, string key) =>
        kind == "kafka" && KafkaProperties.IsSecret(key)
        || Array.Exists(Keys.All, k => k.Section == kind && k.Name == key && k.Secret)
        || kind == "table" && IsProperty(key) && LooksSecret(key)
        // Servers and gateways take logins in headers of any name.
        || (kind is "iceberg" or "registry" && IsHeader(key))
        // A misspelt name of a secret is no reason to show it.
        || !Has(kind, key);

    public static string? Hint(string kind, string key)
    {
        if (Elsewhere.TryGetValue(key, out var hint)) return hint;
        var near = Nearest.To(key, In(kind));
        if (near is not null) return $"did you mean '{near}'?";
        var owner = Keys.Sections.FirstOrDefault(s => s != kind && Has(s, key));
        return owner is null ? null : $"'{key}' is a key of [{(owner == "table" ? "table.NAME" : owner)}]";
    }

    /// <summary>A key as a part of an environment variable's name: <c>sasl.password</c> is <c>SASL_PASSWORD</c>.</summary>
    public static string InEnvironment(string key) => key.Replace('.', '_').Replace('-', '_').ToUpperInvariant();

    private static bool LooksSecret(string name) =>
        name.Contains("secret", StringComparison.OrdinalIgnoreCase) || name.Contains("password", StringComparison.OrdinalIgnoreCase)
        || name.Contains("token", StringComparison.OrdinalIgnoreCase) || name.Contains("credential", StringComparison.OrdinalIgnoreCase);
}
