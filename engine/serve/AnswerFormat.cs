using System.Collections.Immutable;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace K2I.Serve;

/// <summary>A form that an answer comes in.</summary>
/// <param name="Name">What <c>?format=</c> calls it.</param>
/// <param name="MediaType">What <c>Accept</c> calls it.</param>
internal sealed record AnswerFormat(string Name, string MediaType)
{
    public static readonly AnswerFormat Json = new("json", "application/json");
    public static readonly AnswerFormat Ndjson = new("ndjson", "application/x-ndjson");
    public static readonly AnswerFormat Csv = new("csv", "text/csv") { Parameters = "; charset=utf-8; header=present" };
    public static readonly AnswerFormat Arrow = new("arrow", "application/vnd.apache.arrow.stream");
    public static readonly AnswerFormat Events = new("events", "text/event-stream");

    /// <summary>What follows the media type in <c>Content-Type</c>.</summary>
    public string Parameters { get; private init; } = "";

    /// <summary>
    /// The best of what there is by the <c>Accept</c> header: of the highest weight, where several have it the first; null where none is
    /// accepted. Without a header, or with one that cannot be read, the first. Source: RFC 9110, 12.5.1.
    /// </summary>
    public static AnswerFormat? Choose(StringValues accept, ImmutableArray<AnswerFormat> formats)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges) || ranges.Count == 0) return formats[0];
        AnswerFormat? best = null;
        var bestWeight = 0.0;
        foreach (var format in formats)
            if (WeightOf(format, ranges) is var weight && weight > bestWeight) (best, bestWeight) = (format, weight);
        return best;
    }

    /// <summary>The weight of the narrowest range that the format is in; 0 where it is in none.</summary>
    private static double WeightOf(AnswerFormat format, IList<MediaTypeHeaderValue> ranges)
    {
        var (narrowest, weight) = (-1, 0.0);
        foreach (var range in ranges)
        {
            var isIn = range.MatchesAllTypes || (range.MatchesAllSubTypes
                ? format.MediaType.AsSpan().StartsWith(range.Type.AsSpan(), StringComparison.OrdinalIgnoreCase)
                    && format.MediaType[range.Type.Length] == '/'
                : range.MediaType.Equals(format.MediaType, StringComparison.OrdinalIgnoreCase));
            var narrowness = range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;
            if (isIn && narrowness > narrowest) (narrowest, weight) = (narrowness, range.Quality ?? 1);
        }
        return weight;
    }
}
