using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;
using K2I.Pipeline;

namespace K2I.Cli.Config;

/// <summary>Reads <c>start</c>: <c>earliest</c>, <c>latest</c>, a time with zone, or <c>[TOPIC:]PARTITION:OFFSET, …</c>.</summary>
internal static class StartText
{
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    /// <summary>The position; null with a hint if the text is none.</summary>
    public static StartPosition? Parse(string text, ImmutableArray<string> topics, out string? hint)
    {
        hint = null;
        switch (text)
        {
            case "earliest": return StartPosition.Earliest;
            case "latest": return StartPosition.Latest;
        }
        if (text.Contains('T', StringComparison.Ordinal) && text.Length > 10 && text[4] == '-') return Time(text, out hint);
        if (text.Contains(':', StringComparison.Ordinal)) return Offsets(text, topics, out hint);
        hint = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? $"with a time and zone: {text}T00:00:00Z" : Nearest.Hint(text, ["earliest", "latest"]);
        return null;
    }

    private static StartPosition.AtTimestamp? Time(string text, out string? hint)
    {
        hint = null;
        if (!text.EndsWith('Z') && !text.AsSpan(10).ContainsAny('+', '-'))
        {
            hint = "a time needs a zone: Z or +02:00";
            return null;
        }
        if (!DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return null;
        if (time.ToUnixTimeMilliseconds() >= 0) return new StartPosition.AtTimestamp(time.ToUnixTimeMilliseconds());
        hint = "no record is older than 1970";
        return null;
    }

    private static StartPosition.AtOffsets? Offsets(string text, ImmutableArray<string> topics, out string? hint)
    {
        hint = null;
        var offsets = ImmutableArray.CreateBuilder<(string?, int, Offset)>();
        var seen = new HashSet<(string?, int)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var fields = part.Split(':', StringSplitOptions.TrimEntries);
            var topic = fields.Length == 3 ? fields[0] : null;
            if (fields.Length is < 2 or > 3
                || !int.TryParse(fields[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
                || !long.TryParse(fields[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)) return null;
            if (topic is null && !topics.IsEmpty && (topics.Length > 1 || topics[0].StartsWith('^')))
                hint = "with several topics an offset names its own: TOPIC:PARTITION:OFFSET";
            else if (topic is not null && !topics.IsEmpty && !topics.Contains(topic) && !topics.Any(t => t.StartsWith('^')))
                hint = $"'{topic}' is not one of the table's topics";
            else if (!seen.Add((topic ?? topics.FirstOrDefault(), partition)))
                hint = $"partition {partition} stands twice";
            if (hint is not null) return null;
            offsets.Add((topic, partition, new(offset)));
        }
        return new StartPosition.AtOffsets(offsets.ToImmutable());
    }
}
