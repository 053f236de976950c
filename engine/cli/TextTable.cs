namespace K2I.Cli;

/// <summary>Rows in aligned columns for people. Columns whose header starts with <c>&gt;</c> are numbers, aligned right.</summary>
internal sealed class TextTable(params string[] headers)
{
    private readonly List<string[]> rows = [];

    public void Add(params string[] cells) => rows.Add(Array.ConvertAll(cells, Clean));

    public void Print(TextWriter output, string indent = "")
    {
        var names = Array.ConvertAll(headers, h => h.TrimStart('>'));
        var widths = new int[names.Length];
        for (var i = 0; i < widths.Length; i++) widths[i] = Math.Max(names[i].Length, rows.Count == 0 ? 0 : rows.Max(r => r[i].Length));
        if (names.Any(n => n.Length > 0)) Line(names);
        foreach (var row in rows) Line(row);

        void Line(string[] cells)
        {
            var text = indent;
            for (var i = 0; i < cells.Length; i++)
                text += (headers[i].StartsWith('>') ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i])) + "  ";
            output.WriteLine(text.TrimEnd());
        }
    }

    // Names from outside must not move the cursor.
    private static string Clean(string cell) => cell.Any(char.IsControl) ? string.Concat(cell.Select(c => char.IsControl(c) ? ' ' : c)) : cell;
}
