using System.Diagnostics.CodeAnalysis;

namespace K2I.Decode;

/// <summary>Compares names without regard to the case of letters A to Z, which is the same for text and for its UTF-8.</summary>
internal sealed class NameCase : IEqualityComparer<string>
{
    internal static readonly NameCase Ignored = new();

    private NameCase()
    {
    }

    public bool Equals(string? x, string? y)
    {
        if (x is null || y is null) return ReferenceEquals(x, y);
        if (x.Length != y.Length) return false;
        for (var i = 0; i < x.Length; i++)
            if (Lower(x[i]) != Lower(y[i])) return false;
        return true;
    }

    public int GetHashCode([DisallowNull] string obj)
    {
        var hash = new HashCode();
        foreach (var c in obj) hash.Add(Lower(c));
        return hash.ToHashCode();
    }

    internal static bool Equals(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        if (x.Length != y.Length) return false;
        for (var i = 0; i < x.Length; i++)
            if (Lower((char)x[i]) != Lower((char)y[i])) return false;
        return true;
    }

    private static char Lower(char c) => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;
}
