using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>Reads properties of stores; an empty one is none.</summary>
internal readonly struct StoreProperties(IReadOnlyDictionary<string, string> properties)
{
    public string? Text(string name) => properties.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    public bool? Flag(string name) => Text(name) is not { } text ? null : bool.TryParse(text, out var flag) ? flag : throw Bad(name);

    public long? Number(string name) => Text(name) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Bad(name);

    /// <summary>Scheme, host and maybe a port.</summary>
    public Uri? Address(string name) => Text(name) is { } text ? Address(text, name) : null;

    /// <summary>Those whose names begin so, by the rest of their names.</summary>
    public ImmutableSortedDictionary<string, string> Below(string prefix) =>
        properties.Where(p => p.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToImmutableSortedDictionary(p => p.Key[prefix.Length..], p => p.Value, StringComparer.Ordinal);

    public static Uri Address(string text, string name) => StoreOptions.AddressFlaw(text) is { } flaw
        ? throw new EngineException(ErrorKind.Invalid, $"{name}: {flaw}") : new Uri(text);

    public static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;

    public static EngineException Bad(string name) => new(ErrorKind.Invalid, $"{name} has a value that it cannot have");
}
