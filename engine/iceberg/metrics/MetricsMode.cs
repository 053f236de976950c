using System.Globalization;

namespace K2I.Iceberg;

/// <summary>How much a manifest says about a column: nothing, counts, counts and bounds cut to a length, or counts and whole bounds.</summary>
public readonly record struct MetricsMode
{
    /// <summary>What <see cref="TryParse"/> takes, for people.</summary>
    public const string Expected = "none, counts, truncate(N) or full";

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
    public static bool TryParse(string? text, out MetricsMode mode)
    {
        var lower = text?.Trim().ToLowerInvariant();
        var length = 0;
        if (lower is not null && lower.StartsWith("truncate(", StringComparison.Ordinal) && lower.EndsWith(')'))
            _ = int.TryParse(lower.AsSpan(9, lower.Length - 10), NumberStyles.None, CultureInfo.InvariantCulture, out length);
        mode = lower switch
        {
            "none" => None,
            "counts" => Counts,
            "full" => Full,
            _ => Truncate(length),
        };
        return length > 0 || lower is "none" or "counts" or "full";
    }
}
