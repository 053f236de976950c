using System.Collections.Immutable;

namespace K2I.Serve;

/// <summary>
/// One thing to ask for: what its path is like, what may be asked, what comes back. Routing, checks and description read
/// this.
/// </summary>
/// <param name="Path">
/// Segments, those in braces for any text; the last in braces with a star stands for one segment or more.
/// </param>
/// <param name="Summary">For the OpenAPI description and the list of paths.</param>
/// <param name="Answer">Answers one request.</param>
internal sealed record Endpoint(string Path, string Summary, Func<Exchange, Task> Answer)
{
    private readonly ImmutableArray<string> segments = [.. Path.Split('/').Skip(1)];

    public ImmutableArray<Parameter> Parameters { get; init; } = [];

    /// <summary>The forms that the answer comes in; the first where the caller does not mind.</summary>
    public ImmutableArray<AnswerFormat> Formats { get; init; } = [AnswerFormat.Json];

    /// <summary>The JSON schema of the answer as JSON.</summary>
    public string Schema { get; init; } = "{}";

    /// <summary>Headers of the answer, each with what it says.</summary>
    public ImmutableArray<(string Name, string Description)> Headers { get; init; } = [];

    /// <summary>The statuses that the answer comes with.</summary>
    public ImmutableArray<int> Statuses { get; init; } = [200];

    /// <summary>What may be in the way, but for what may be in the way of every request.</summary>
    public ImmutableArray<ProblemKind> Problems { get; init; } = [];

    /// <summary>It answers whoever asks, without a token and by any name.</summary>
    public bool IsOpen { get; init; }

    /// <summary>The names of the segments in braces.</summary>
    public IEnumerable<string> Names => segments.Where(s => s.StartsWith('{')).Select(s => s.Trim('{', '*', '}'));

    /// <summary>What stands at the segments in braces, if the path is this endpoint's; null if not.</summary>
    public ImmutableArray<string>? Match(ReadOnlySpan<string> path)
    {
        var takesRest = segments[^1].StartsWith("{*", StringComparison.Ordinal);
        if (takesRest ? path.Length < segments.Length : path.Length != segments.Length) return null;
        var values = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; i < path.Length; i++)
        {
            var segment = segments[Math.Min(i, segments.Length - 1)];
            if (segment.StartsWith('{')) values.Add(path[i]);
            else if (segment != path[i]) return null;
        }
        return values.ToImmutable();
    }
}
