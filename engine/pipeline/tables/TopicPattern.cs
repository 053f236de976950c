using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace K2I.Pipeline;

/// <summary>An entry of <c>topics</c>: a topic's name, or a regular expression that starts with <c>^</c>, of .NET's syntax and matched in
/// linear time.</summary>
/// <remarks>Immutable. Kafka's own topics, which begin with two underscores, match none but an expression that begins with them.</remarks>
public sealed class TopicPattern
{
    /// <summary>Stands for the topic in the name of a table.</summary>
    public const string TopicGroup = "topic";

    private const string Internal = "__";

    private readonly Regex? expression;
    private readonly bool takesInternal;

    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It is one that takes more than linear time.</exception>
    public TopicPattern(string text)
    {
        Text = text;
        if (!IsExpression(text)) return;
        expression = new(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        takesInternal = text.StartsWith("^" + Internal, StringComparison.Ordinal);
        Groups = [.. expression.GetGroupNames().Where(g => !char.IsAsciiDigit(g[0]))];
    }

    public string Text { get; }

    /// <summary>Its named groups.</summary>
    public ImmutableArray<string> Groups { get; } = [];

    public static bool IsExpression(string text) => text.StartsWith('^');

    public bool Matches(string topic) => expression is null ? topic == Text : IsOpenTo(topic) && expression.IsMatch(topic);

    /// <summary>The text with each <c>${name}</c> replaced by what it stands for in the topic; null where the topic does not
    /// match.</summary>
    public string? Expand(string text, string topic)
    {
        if (expression is null) return topic == Text ? Replace(text, name => name == TopicGroup ? topic : "") : null;
        if (!IsOpenTo(topic) || expression.Match(topic) is not { Success: true } match) return null;
        return Replace(text, name => match.Groups.TryGetValue(name, out var group) ? group.Value : name == TopicGroup ? topic : "");
    }

    /// <summary>The names in <c>${name}</c> of a text, with where they stand; a length of 0 where a brace is missing.</summary>
    public static IEnumerable<(int At, string Name)> NamesIn(string text)
    {
        for (var at = text.IndexOf("${", StringComparison.Ordinal); at >= 0; at = text.IndexOf("${", at + 2, StringComparison.Ordinal))
            yield return (at, text.IndexOf('}', at) is >= 0 and var end ? text[(at + 2)..end] : "");
    }

    private bool IsOpenTo(string topic) => takesInternal || !topic.StartsWith(Internal, StringComparison.Ordinal);

    private static string Replace(string text, Func<string, string> value)
    {
        var result = new StringBuilder();
        var from = 0;
        foreach (var (at, name) in NamesIn(text))
        {
            result.Append(text, from, at - from).Append(value(name));
            from = at + name.Length + 3;
        }
        return result.Append(text, from, text.Length - from).ToString();
    }
}
