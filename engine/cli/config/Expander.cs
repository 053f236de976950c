using System.Text;

namespace K2I.Cli.Config;

/// <summary>Replaces <c>${NAME}</c>, <c>${NAME:-default}</c> and <c>${file:path}</c>, one inside another too; <c>$${</c> stands for <c>${</c>. What files hold counts as secret.</summary>
internal sealed class Expander(IReadOnlyDictionary<string, string> environment, Redactor redactor)
{
    private const int DeepestNesting = 8;
    private const long LargestFile = 1 << 20;

    /// <summary>The text with everything replaced; null with what is wrong in <paramref name="error"/>.</summary>
    public string? Expand(string template, out string error) => Expand(template, 0, out error);

    private string? Expand(string template, int depth, out string error)
    {
        error = "";
        if (!template.Contains("${", StringComparison.Ordinal)) return template;
        if (depth > DeepestNesting) return Wrong("expected ${…} nested less deeply", out error);
        var text = new StringBuilder();
        for (var i = 0; i < template.Length;)
        {
            if (template.AsSpan(i).StartsWith("$${"))
            {
                text.Append("${");
                i += 3;
            }
            else if (!template.AsSpan(i).StartsWith("${"))
            {
                text.Append(template[i++]);
            }
            else
            {
                var end = EndOf(template, i);
                if (end < 0) return Wrong("expected '}' after '${'", out error);
                var value = Value(template[(i + 2)..end], depth, out error);
                if (value is null) return null;
                text.Append(value);
                i = end + 1;
            }
        }
        return text.ToString();
    }

    private string? Value(string expression, int depth, out string error)
    {
        if (expression.StartsWith("file:", StringComparison.Ordinal))
            return Expand(expression["file:".Length..], depth + 1, out error) is { } path ? FileText(path.Trim(), out error) : null;
        var dash = expression.IndexOf(":-", StringComparison.Ordinal);
        var name = dash < 0 ? expression : expression[..dash];
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            return Wrong("expected ${NAME}, ${NAME:-default} or ${file:path}", out error);
        error = "";
        if (environment.TryGetValue(name, out var value) && (value.Length > 0 || dash < 0)) return value;
        if (dash >= 0) return Expand(expression[(dash + 2)..], depth + 1, out error);
        return Wrong($"environment variable {name} is not set", out error);
    }

    private string? FileText(string path, out string error)
    {
        error = "";
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > LargestFile }) return Wrong($"file {path} is larger than 1 MiB", out error);
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));
            if (text.EndsWith('\n')) text = text[..^1];
            if (text.EndsWith('\r')) text = text[..^1];
            redactor.Add(text);
            return text;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return Wrong($"file {path} does not exist", out error);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Wrong(failure is DecoderFallbackException ? $"file {path} is not UTF-8 text" : $"file {path} cannot be read", out error);
        }
    }

    /// <summary>The index of the brace that closes the one at <paramref name="start"/> + 1; -1 if none does.</summary>
    private static int EndOf(string text, int start)
    {
        var open = 0;
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] == '}' && --open == 0) return i;
            if (text[i] == '$' && i + 1 < text.Length && text[i + 1] == '{') open++;
        }
        return -1;
    }

    private static string? Wrong(string message, out string error)
    {
        error = message;
        return null;
    }
}
