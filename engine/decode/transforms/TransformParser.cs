using System.Text;

namespace K2I.Decode;

/// <summary>
/// Reads lists such as <c>user.mail: email, ts: event_time</c>. Names that hold a dot, a comma, a colon or spaces stand in backticks.
/// </summary>
/// <param name="key">Whose text it is.</param>
/// <param name="text">The list.</param>
/// <param name="value">What stands behind each colon, for messages; null where names stand alone.</param>
/// <param name="flaws">Gets what is wrong.</param>
internal sealed class TransformParser(string key, string text, string? value, List<TransformFlaw> flaws)
{
    private int at;

    internal List<TransformEntry> Entries()
    {
        List<TransformEntry> entries = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        while (true)
        {
            Space();
            if (at == text.Length) return entries;
            var start = at;
            if (Names() is not { } names) return entries;
            var valueAt = at;
            var becomes = "";
            if (value is not null)
            {
                if (at == text.Length || text[at] != ':')
                {
                    flaws.Add(new(key, at, $"expected a colon and {value}", $"{key} = {string.Join('.', names)}: …"));
                    return entries;
                }
                at++;
                Space();
                valueAt = at;
                becomes = Value();
                if (becomes.Length == 0) flaws.Add(new(key, valueAt, $"expected {value} behind the colon"));
            }
            var entry = new TransformEntry(names, start, becomes, valueAt);
            if (!seen.Add(entry.Path)) flaws.Add(new(key, start, $"{entry.Path} stands here twice"));
            entries.Add(entry);
            Space();
            if (at < text.Length && text[at] != ',')
            {
                flaws.Add(new(key, at, "expected a comma and the next field"));
                return entries;
            }
            at++;
            if (at > text.Length) return entries;
        }
    }

    private string[]? Names()
    {
        List<string> names = [];
        while (true)
        {
            if (Name() is not { Length: > 0 } name)
            {
                flaws.Add(new(key, Math.Min(at, text.Length), "expected a field's name", "names with other characters stand in backticks"));
                return null;
            }
            names.Add(name);
            if (at == text.Length || text[at] != '.')
            {
                Space();
                return [.. names];
            }
            at++;
        }
    }

    private string Name()
    {
        var name = new StringBuilder();
        if (at < text.Length && text[at] == '`')
        {
            for (at++; at < text.Length; at++)
            {
                if (text[at] != '`') name.Append(text[at]);
                else if (at + 1 < text.Length && text[at + 1] == '`') name.Append(text[at++]);
                else
                {
                    at++;
                    return name.ToString();
                }
            }
            return "";
        }
        for (; at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not ('.' or ',' or ':' or '`'); at++) name.Append(text[at]);
        return name.ToString();
    }

    /// <summary>Up to the next comma that is in no parentheses.</summary>
    private string Value()
    {
        var start = at;
        if (at < text.Length && text[at] == '`') return Name();
        for (var depth = 0; at < text.Length && (depth > 0 || text[at] != ','); at++)
            depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
        return text[start..at].TrimEnd();
    }

    private void Space()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }
}
