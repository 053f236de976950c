namespace K2I.Cli.Config;

/// <summary>Writes values so that <see cref="IniReader"/> and <see cref="Expander"/> read them back.</summary>
internal static class IniText
{
    private const string Fence = "\"\"\"";

    /// <summary>A value that means itself, <c>${</c> included.</summary>
    public static string Literal(string value) => Quoted(value.Replace("${", "$${", StringComparison.Ordinal));

    /// <summary>A value whose <c>${…}</c> are to be expanded: quoted if it needs to be.</summary>
    public static string Quoted(string value)
    {
        var plain = value.Length > 0 && value[0] is not ('"' or '\'') && !value.AsSpan().ContainsAny(';', '#') && value == value.Trim() && !value.Any(char.IsControl);
        if (plain) return value;
        var multiline = value.Contains('\n', StringComparison.Ordinal) && value == value.Trim() && !value.Any(c => char.IsControl(c) && c is not ('\n' or '\t')) && !value.Contains(Fence, StringComparison.Ordinal);
        if (multiline) return $"{Fence}\n{value}\n{Fence}";
        var text = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"\"{text.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)}\"";
    }
}
