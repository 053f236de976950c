namespace K2I.Cli;

/// <summary>Rows in aligned columns for people. Columns whose header starts with <c>&gt;</c> are numbers, aligned right.</summary>
/// <remarks>
/// On a terminal it keeps within the width: texts are broken into lines within their column, the widest first; where that is not enough each row is printed as
/// lines of header and value. Elsewhere a row is a line.
/// </remarks>
internal sealed class TextTable(params string[] headers)
{
    private const string Gap = "  ";

    /// <summary>Columns of text are made no narrower: a time stays whole.</summary>
    private const int Narrowest = 20;

    private readonly string[] names = Array.ConvertAll(headers, h => h.TrimStart('>'));
    private readonly List<string[]> rows = [];

    public void Add(params string[] cells) => rows.Add(Array.ConvertAll(cells, TextFit.Clean));

    public void Print(Terminal terminal, string indent = "")
    {
        var room = terminal.Width is { } width ? width - indent.Length : int.MaxValue;
        var widths = new int[names.Length];
        for (var i = 0; i < widths.Length; i++) widths[i] = Math.Max(names[i].Length, rows.Count == 0 ? 0 : rows.Max(r => TextFit.WidthOf(r[i])));
        if (TryNarrow(widths, room)) PrintColumns(terminal.Out, indent, widths);
        else PrintPairs(terminal.Out, indent, room);
    }

    private bool IsNumber(int column) => headers[column].StartsWith('>');

    /// <summary>Takes from the widest texts what is too much; false where that is not enough.</summary>
    private bool TryNarrow(int[] widths, int room)
    {
        for (var over = widths.Sum() + (Gap.Length * (widths.Length - 1)) - room; over > 0; over--)
        {
            var widest = -1;
            for (var i = 0; i < widths.Length; i++)
                if (!IsNumber(i) && widths[i] > Math.Max(Narrowest, names[i].Length) && (widest < 0 || widths[i] > widths[widest])) widest = i;
            if (widest < 0) return false;
            widths[widest]--;
        }
        return true;
    }

    private void PrintColumns(TextWriter output, string indent, int[] widths)
    {
        if (names.Any(n => n.Length > 0)) Print(names);
        foreach (var row in rows) Print(row);

        void Print(string[] cells)
        {
            var lines = cells.Select((c, i) => TextFit.Wrap(c, widths[i])).ToArray();
            for (var line = 0; line < lines.Max(l => l.Count); line++)
            {
                var texts = lines.Select((l, i) => TextFit.Pad(line < l.Count ? l[line] : "", widths[i], IsNumber(i)));
                output.WriteLine((indent + string.Join(Gap, texts)).TrimEnd());
            }
        }
    }

    private void PrintPairs(TextWriter output, string indent, int room)
    {
        var label = names.Max(n => n.Length);
        for (var at = 0; at < rows.Count; at++)
        {
            if (at > 0) output.WriteLine();
            for (var i = 0; i < names.Length; i++)
            {
                if (rows[at][i].Length == 0) continue;
                var name = names[i];
                foreach (var line in TextFit.Wrap(rows[at][i], Math.Max(Narrowest, room - label - Gap.Length)))
                {
                    output.WriteLine(indent + name.PadRight(label) + Gap + line);
                    name = "";
                }
            }
        }
    }
}
