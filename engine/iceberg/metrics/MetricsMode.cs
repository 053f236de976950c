using System.Globalization;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>How much a manifest says about a column: nothing, counts, counts and bounds cut to a length, or counts and whole bounds.</summary>
public readonly record struct MetricsMode
{
    public static readonly MetricsMode None = new(hasCounts: false, 0);
    public static readonly MetricsMode Counts = new(hasCounts: true, 0);
    public static readonly MetricsMode Full = new(hasCounts: true, int.MaxValue);

    private MetricsMode(bool hasCounts, int boundLength)
    {
        HasCounts = hasCounts;
        BoundLength = boundLength;
    }

    public bool HasCounts { get; }

    /// <summary>Code points of a string bound, bytes of a binary one; 0: no bounds.</summary>
    public int BoundLength { get; }

    public static MetricsMode Truncate(int length) => new(hasCounts: true, length);

    /// <summary>Reads <c>none</c>, <c>counts</c>, <c>truncate(16)</c>, <c>full</c>.</summary>
    public static MetricsMode Parse(string text)
    {
        var lower = text.Trim().ToLowerInvariant();
        if (lower == "none") return None;
        if (lower == "counts") return Counts;
        if (lower == "full") return Full;
        if (lower.StartsWith("truncate(", StringComparison.Ordinal) && lower.EndsWith(')')
            && int.TryParse(lower.AsSpan(9, lower.Length - 10), NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length > 0)
            return Truncate(length);
        throw new EngineException(ErrorKind.Invalid, $"'{text}' is not a metrics mode (none, counts, truncate(N) and full are)");
    }
}
