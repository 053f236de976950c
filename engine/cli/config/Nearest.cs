namespace K2I.Cli.Config;

/// <summary>Finds what was probably meant: the known name with the fewest single-character edits (Levenshtein), if they are few.</summary>
internal static class Nearest
{
    public static string? To(string name, IEnumerable<string> known)
    {
        string? best = null;
        var fewest = Math.Max(2, name.Length / 3) + 1;
        foreach (var candidate in known)
        {
            if (Math.Abs(candidate.Length - name.Length) >= fewest) continue;
            var edits = Edits(name, candidate);
            if (edits >= fewest || edits >= candidate.Length) continue;
            fewest = edits;
            best = candidate;
        }
        return best;
    }

    public static string? Hint(string name, IEnumerable<string> known) => To(name, known) is { } near ? $"did you mean '{near}'?" : null;

    private static int Edits(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (b.Length > 200 || a.Length > 200) return int.MaxValue;
        Span<int> row = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                var edits = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = row[j];
                row[j] = edits;
            }
        }
        return row[b.Length];
    }
}
