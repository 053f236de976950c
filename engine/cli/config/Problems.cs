namespace K2I.Cli.Config;

/// <summary>Collects every problem before anything is reported.</summary>
internal sealed class Problems
{
    private readonly List<Problem> all = [];

    public int Count => all.Count;

    public bool Any => all.Count > 0;

    /// <summary>In the order of the file; what stands in options and variables comes after, as found.</summary>
    public IReadOnlyList<Problem> InOrder => [.. all.Distinct().OrderBy(p => p.Place.Line == 0).ThenBy(p => p.Place.Line).ThenBy(p => p.Place.Column)];

    public void Add(Place place, string message, string? hint = null) => all.Add(new Problem(place, message, hint));
}
