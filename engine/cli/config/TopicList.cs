using System.Collections.Immutable;
using K2I.Pipeline;

namespace K2I.Cli.Config;

/// <summary>Reads <c>topics</c>: names and <c>^</c> regular expressions separated by commas. A comma inside brackets belongs to its expression.</summary>
internal static class TopicList
{
    private const int LongestName = 249;

    /// <summary>The topics; on failure what is wrong and where in the text.</summary>
    public static ImmutableArray<string> Parse(string text, out string? error, out int at)
    {
        var topics = ImmutableArray.CreateBuilder<string>();
        at = 0;
        for (var start = 0; start <= text.Length;)
        {
            var end = EndOf(text, start);
            var topic = text[start..end].Trim();
            at = Math.Min(text.Length, start + (text[start..end].Length - text[start..end].TrimStart().Length));
            error = Flaw(topic) ?? (topics.Contains(topic) ? $"topic '{topic}' stands twice" : null);
            if (error is not null) return [];
            topics.Add(topic);
            start = end + 1;
        }
        error = null;
        return topics.ToImmutable();
    }

    /// <summary>The entry of <paramref name="topics"/> that means the topic; null if none does.</summary>
    public static string? Matches(ImmutableArray<string> topics, string topic)
    {
        foreach (var entry in topics)
            if (new TopicPattern(entry).Matches(topic)) return entry;
        return null;
    }

    private static string? Flaw(string topic)
    {
        if (topic.Length == 0) return "expected a topic between the commas";
        if (topic[0] == '^') return IsExpression(topic) ? null : "expected a regular expression after ^";
        return topic.Any(char.IsWhiteSpace) ? "expected commas between topics, found a blank" : NameFlaw(topic);
    }

    /// <summary>What keeps the text from being one topic's name; null if nothing does.</summary>
    public static string? NameFlaw(string topic)
    {
        if (topic is "." or "..") return $"'{topic}' is not a topic's name";
        if (topic.Length > LongestName) return $"expected a topic of at most {LongestName} characters";
        foreach (var c in topic)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
                return char.IsWhiteSpace(c) ? "a topic has no blank" : "expected a topic of letters, digits, '.', '_' and '-'";
        return null;
    }

    private static bool IsExpression(string topic)
    {
        try
        {
            return topic.Length > 1 && new TopicPattern(topic).Text.Length > 1;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static int EndOf(string text, int start)
    {
        var open = 0;
        for (var i = start; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '(' or '[' or '{':
                    open++;
                    break;
                case ')' or ']' or '}':
                    open--;
                    break;
                case ',' when open <= 0:
                    return i;
            }
        }
        return text.Length;
    }
}
