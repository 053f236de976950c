namespace K2I.Cli.Config;

/// <summary>Breaks text into lines at blanks.</summary>
internal static class TextWrap
{
    public static IEnumerable<string> Lines(string text, int width)
    {
        while (text.Length > width)
        {
            var at = text.LastIndexOf(' ', width);
            if (at <= 0) at = text.IndexOf(' ', StringComparison.Ordinal);
            if (at <= 0) break;
            yield return text[..at];
            text = text[(at + 1)..];
        }
        yield return text;
    }
}
