namespace K2I.Crash.Tests;

/// <summary>How often each point was aimed at, and how often the process ended there.</summary>
internal sealed class Coverage(IReadOnlyList<string> points)
{
    private readonly Dictionary<string, (int Tries, int Kills)> counts = points.ToDictionary(p => p, _ => (0, 0), StringComparer.Ordinal);

    public int Total => counts.Count;

    public int Covered => counts.Values.Count(c => c.Kills > 0);

    public IEnumerable<string> Uncovered => counts.Where(c => c.Value.Kills == 0).Select(c => c.Key).Order(StringComparer.Ordinal);

    public void Tried(string point, bool killed)
    {
        var (tries, kills) = counts.GetValueOrDefault(point);
        counts[point] = (tries + 1, kills + (killed ? 1 : 0));
    }

    /// <summary>One of those least covered; what was tried in vain counts as well, so that a point which cannot be passed does not take every turn.</summary>
    public string Rarest(Random random, Func<string, bool> fits)
    {
        var candidates = counts.Where(c => fits(c.Key)).ToArray();
        if (candidates.Length == 0) candidates = [.. counts];
        var least = candidates.Min(Weight);
        var rarest = candidates.Where(c => Weight(c) == least).Select(c => c.Key).Order(StringComparer.Ordinal).ToArray();
        return rarest[random.Next(rarest.Length)];
    }

    private static int Weight(KeyValuePair<string, (int Tries, int Kills)> count) => count.Value.Tries + (count.Value.Kills * 2);
}
