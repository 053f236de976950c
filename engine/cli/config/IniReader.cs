using System.Text;

namespace K2I.Cli.Config;

/// <summary>Splits the text of an INI file into sections and entries. Goes on after a bad line, so that every problem is found at once.</summary>
/// <remarks>
/// <code>
/// # comment             ; comment
/// [section]             # names and keys: letters, digits, '_', '-', '.'
/// key = value           ; a comment after a value needs a blank before its sign
/// key = "va;lue\n"      escapes: \" \\ \n \r \t
/// key = 'va"lue'        taken as it stands: no escapes, no ${…}
/// key = """             taken as it stands over several lines, with ${…}
///   value
///   """
/// </code>
/// A section or key stands once. Contents of bad lines are not repeated in messages: they may be part of a secret.
/// </remarks>
internal sealed class IniReader
{
    private const string Fence = "\"\"\"";

    private readonly string text;
    private readonly string source;
    private readonly Problems problems;
    private readonly List<IniSection> sections = [];
    private readonly Dictionary<string, int> sectionLines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> keyLines = new(StringComparer.Ordinal);
    private IniSection? section;
    private bool skipping;
    private int at, line;

    private IniReader(string text, string source, Problems problems)
    {
        this.text = text;
        this.source = source;
        this.problems = problems;
    }

    public static List<IniSection> Read(string text, string source, Problems problems)
    {
        var reader = new IniReader(text, source, problems);
        reader.ReadAll();
        return reader.sections;
    }

    private void ReadAll()
    {
        while (at < text.Length)
        {
            var start = at;
            var line = NextLine();
            var indent = line.Length - line.TrimStart(" \t").Length;
            var content = line[indent..];
            if (content.IsEmpty || content[0] is ';' or '#') continue;
            if (IndexOfControl(line) is >= 0 and var control)
                Add(control, "expected text, found a control character");
            else if (content[0] == '[')
                ReadSection(content, indent);
            else
                ReadEntry(content, indent, start);
        }
    }

    private void ReadSection(ReadOnlySpan<char> content, int indent)
    {
        keyLines.Clear();
        skipping = true;
        var close = content.IndexOf(']');
        if (close < 0)
        {
            Add(indent, "expected ']' at the end of the section's name");
            return;
        }
        var name = content[1..close].Trim(" \t");
        if (name.IsEmpty || !IsName(name))
        {
            Add(indent + 1, "expected a section name of letters, digits, '_', '-' and '.'");
            return;
        }
        if (!IsBlankOrComment(content[(close + 1)..]))
        {
            Add(indent + close + 1, "expected the end of the line after ']'");
            return;
        }
        var text = name.ToString();
        if (!sectionLines.TryAdd(text, line))
        {
            Add(indent, $"repeated section [{text}]: it stands in line {sectionLines[text]} already", "put its keys there");
            return;
        }
        section = new IniSection(text, new Place(source, line, indent + 1), []);
        sections.Add(section);
        skipping = false;
    }

    private void ReadEntry(ReadOnlySpan<char> content, int indent, int lineStart)
    {
        var equals = content.IndexOf('=');
        if (equals < 0)
        {
            Add(indent, "expected 'key = value' or '[section]', found a line without '='");
            return;
        }
        var keyLine = line;
        var key = content[..equals].TrimEnd(" \t");
        var keyIsGood = !key.IsEmpty && IsName(key);
        if (!keyIsGood) Add(indent, key.IsEmpty ? "expected a key before '='" : "expected a key of letters, digits, '_', '-' and '.'");

        var rest = content[(equals + 1)..];
        var blank = rest.Length - rest.TrimStart(" \t").Length;
        var column = indent + equals + 1 + blank;
        var place = new Place(source, line, column + 1);
        if (ReadValue(rest[blank..], column, lineStart + column, ref place, out var quoting) is not { } value || !keyIsGood || skipping) return;

        var name = key.ToString();
        var keyPlace = new Place(source, keyLine, indent + 1);
        if (section is null)
            problems.Add(keyPlace, $"expected a [section] before the first key, found '{name}'");
        else if (!keyLines.TryAdd(name, keyLine))
            problems.Add(keyPlace, $"repeated key '{name}' in [{section.Name}]: it stands in line {keyLines[name]} already");
        else
            section.Entries.Add(new IniEntry(name, value, quoting, keyPlace, place));
    }

    /// <summary>The value that starts at <paramref name="column"/> of this line; null after a reported problem.</summary>
    private string? ReadValue(ReadOnlySpan<char> rest, int column, int at, ref Place place, out Quoting quoting)
    {
        if (rest.StartsWith(Fence)) return ReadBlock(column, at + Fence.Length, ref place, out quoting);
        quoting = rest.IsEmpty ? Quoting.Bare : rest[0] switch { '"' => Quoting.Double, '\'' => Quoting.Single, _ => Quoting.Bare };
        switch (quoting)
        {
            case Quoting.Double:
                place = place with { Column = place.Column + 1 };
                return ReadEscaped(rest, column);
            case Quoting.Single:
                place = place with { Column = place.Column + 1 };
                var close = rest[1..].IndexOf('\'') + 1;
                if (close == 0)
                {
                    Add(column, "expected a closing '");
                    return null;
                }
                return EndsAfter(rest, close, column) ? rest[1..close].ToString() : null;
            default:
                return rest[..CommentStart(rest)].TrimEnd(" \t").ToString();
        }
    }

    private string? ReadEscaped(ReadOnlySpan<char> rest, int column)
    {
        var value = new StringBuilder();
        for (var i = 1; i < rest.Length; i++)
        {
            var c = rest[i];
            if (c == '"') return EndsAfter(rest, i, column) ? value.ToString() : null;
            if (c == '\\')
            {
                i++;
                c = (i < rest.Length ? rest[i] : '\0') switch { '"' => '"', '\\' => '\\', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => '\0' };
                if (c == '\0')
                {
                    Add(column + i - 1, "expected one of the escapes \\\" \\\\ \\n \\r \\t", "in '…' a backslash stands for itself");
                    return null;
                }
            }
            value.Append(c);
        }
        Add(column, "expected a closing \"");
        return null;
    }

    private string? ReadBlock(int column, int start, ref Place place, out Quoting quoting)
    {
        quoting = Quoting.Block;
        var openLine = line;
        var end = text.IndexOf(Fence, start, StringComparison.Ordinal);
        if (end < 0)
        {
            // The rest of the file belongs to the block, as far as one can tell.
            Add(column, "expected a closing \"\"\"");
            at = text.Length;
            return null;
        }
        var lines = text.AsSpan(start, end - start).Count('\n');
        line += lines;
        var lineStart = lines == 0 ? start - Fence.Length - column : text.LastIndexOf('\n', end) + 1;
        var tail = text.AsSpan(end + Fence.Length);
        var lineEnd = tail.IndexOf('\n');
        at = lineEnd < 0 ? text.Length : end + Fence.Length + lineEnd + 1;
        if (lineEnd >= 0) tail = tail[..lineEnd];
        tail = tail.TrimEnd('\r');
        if (!IsBlankOrComment(tail))
        {
            Add(end + Fence.Length - lineStart, "expected the end of the line after \"\"\"");
            return null;
        }
        var value = text[start..end].Replace("\r\n", "\n", StringComparison.Ordinal);
        if (HasControl(value))
        {
            problems.Add(new Place(source, openLine, column + 1), "expected text, found a control character inside \"\"\"");
            return null;
        }
        place = place with { Column = place.Column + Fence.Length };
        if (value.StartsWith('\n'))
        {
            value = value[1..];
            place = new Place(source, openLine + 1, 1);
        }
        return value.TrimEnd(' ', '\t', '\n');
    }

    private bool EndsAfter(ReadOnlySpan<char> rest, int close, int column)
    {
        if (IsBlankOrComment(rest[(close + 1)..])) return true;
        Add(column + close + 1, "expected the end of the line or a comment after the closing quote");
        return false;
    }

    private ReadOnlySpan<char> NextLine()
    {
        var rest = text.AsSpan(at);
        var end = rest.IndexOf('\n');
        var line = end < 0 ? rest : rest[..end];
        at += end < 0 ? rest.Length : end + 1;
        this.line++;
        return line.TrimEnd('\r');
    }

    private void Add(int column, string message, string? hint = null) => problems.Add(new Place(source, line, column + 1), message, hint);

    private static bool IsBlankOrComment(ReadOnlySpan<char> text)
    {
        var content = text.TrimStart(" \t");
        return content.IsEmpty || (content[0] is ';' or '#' && content.Length < text.Length);
    }

    private static int CommentStart(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
            if (text[i] is ';' or '#' && (i == 0 || text[i - 1] is ' ' or '\t')) return i;
        return text.Length;
    }

    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')) return false;
        return true;
    }

    private static bool HasControl(string value)
    {
        foreach (var c in value)
            if (char.IsControl(c) && c is not ('\n' or '\t')) return true;
        return false;
    }

    private static int IndexOfControl(ReadOnlySpan<char> line)
    {
        for (var i = 0; i < line.Length; i++)
            if (char.IsControl(line[i]) && line[i] != '\t') return i;
        return -1;
    }
}
