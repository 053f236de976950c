using System.Text;

namespace K2I.Kafka;

/// <summary>
/// Regular expressions of topics as librdkafka and brokers understand them: POSIX extended, which knows no named groups and no <c>\w</c> or
/// <c>\d</c>. What cannot be said in it becomes the letters that it begins with: a member may be given topics that its own expression does
/// not match, and never too few.
/// </summary>
internal static class TopicExpression
{
    private const string Digits = "0-9", Word = "A-Za-z0-9_", Special = @"\.[]{}()*+?^$|";

    /// <summary>Names stay as they are.</summary>
    internal static string ForKafka(string topic)
    {
        if (!topic.StartsWith('^')) return topic;
        var text = Translate(topic) ?? Beginning(topic);
        // Brokers match the whole name, librdkafka any part of it.
        return text.EndsWith(".*", StringComparison.Ordinal) || (text.EndsWith('$') && !IsEscaped(text, text.Length - 1)) ? text
            : text + ".*";
    }

    private static string? Translate(string text)
    {
        var result = new StringBuilder();
        var open = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(') open++;
            else if (text[i] == ')') open--;
            // The beginning holds for the first alternative alone.
            else if (text[i] == '|' && open == 0) return null;
            switch (text[i])
            {
                case '\\':
                    if (++i == text.Length) return null;
                    if (text[i] is 'd' or 'w') result.Append('[').Append(text[i] == 'd' ? Digits : Word).Append(']');
                    else if (Literal(text[i]) is { } literal) result.Append(literal);
                    else return null;
                    break;
                case '(' when i + 1 < text.Length && text[i + 1] == '?':
                    var end = EndOfGroupHead(text, i);
                    if (end < 0) return null;
                    result.Append('(');
                    i = end;
                    break;
                case '[':
                    i = TranslateClass(text, i, result);
                    if (i < 0) return null;
                    break;
                // Lazily or not, it matches the same topics.
                case '?' when i > 0 && text[i - 1] is '*' or '+' or '?' or '}' && !IsEscaped(text, i - 1):
                    break;
                default:
                    if (char.IsWhiteSpace(text[i]) || char.IsControl(text[i])) return null;
                    result.Append(text[i]);
                    break;
            }
        }
        return result.ToString();
    }

    /// <summary>Of <c>(?:</c> and <c>(?&lt;name&gt;</c>; -1 for what else begins with <c>(?</c>.</summary>
    private static int EndOfGroupHead(string text, int open)
    {
        if (open + 2 >= text.Length) return -1;
        if (text[open + 2] == ':') return open + 2;
        if (text[open + 2] is not ('<' or '\'')) return -1;
        var end = text.IndexOf(text[open + 2] == '<' ? '>' : '\'', open + 3);
        return end > open + 3 && text[(open + 3)..end].All(c => char.IsLetterOrDigit(c) || c == '_') ? end : -1;
    }

    private static int TranslateClass(string text, int open, StringBuilder result)
    {
        var i = open + 1;
        var (inside, dash) = (new StringBuilder("["), false);
        if (i < text.Length && text[i] == '^')
        {
            inside.Append('^');
            i++;
        }
        for (; i < text.Length && text[i] != ']'; i++)
        {
            if (text[i] == '[') return -1;
            if (text[i] != '\\')
            {
                inside.Append(text[i]);
                continue;
            }
            if (++i == text.Length) return -1;
            if (text[i] is 'd') inside.Append(Digits);
            else if (text[i] is 'w') inside.Append(Word);
            else if (text[i] is '-') dash = true;
            else if (text[i] is '.' or '_') inside.Append(text[i]);
            else return -1;
        }
        if (i == text.Length || inside.Length == 1) return -1;
        result.Append(inside).Append(dash ? "-]" : "]");
        return i;
    }

    private static string? Literal(char escaped) => Special.Contains(escaped, StringComparison.Ordinal) ? "\\" + escaped
        : escaped is '-' or '_' ? escaped.ToString() : null;

    private static bool IsEscaped(string text, int at)
    {
        var slashes = 0;
        while (at - slashes - 1 >= 0 && text[at - slashes - 1] == '\\') slashes++;
        return slashes % 2 == 1;
    }

    /// <summary>What every topic begins with that the expression matches, as far as it is plain to see.</summary>
    private static string Beginning(string text)
    {
        var result = new StringBuilder("^");
        if (text.Contains('|', StringComparison.Ordinal)) return result.ToString();
        var last = 1;
        var i = 1;
        while (i < text.Length)
        {
            var escaped = text[i] == '\\' && i + 1 < text.Length;
            var c = escaped ? text[i + 1] : text[i];
            if (escaped ? Literal(c) is null : !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')) break;
            last = result.Length;
            result.Append(c == '.' ? "\\." : c.ToString());
            i += escaped ? 2 : 1;
        }
        // The last letter may be there or not.
        if (i < text.Length && text[i] is '*' or '?' or '{') result.Length = last;
        return result.ToString();
    }
}
