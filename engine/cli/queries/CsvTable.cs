using System.Buffers;
using System.Globalization;
using System.Text;

namespace K2I.Cli.Queries;

/// <summary>
/// Shows rows that come as CSV as a table for people, page by page. Columns of numbers are aligned right. Source: RFC
/// 4180.
/// </summary>
internal sealed class CsvTable(Terminal terminal)
{
    /// <summary>So many rows have columns of one width.</summary>
    private const int PageRows = 1_000;

    private readonly ArrayBufferWriter<byte> cell = new(256);
    private readonly List<string> row = [];
    private readonly List<string[]> page = [];
    private string[]? names;
    private bool isQuoted, wasQuote;

    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        foreach (var next in bytes)
        {
            if (isQuoted && next != '"') Append(next);
            else if (next == '"')
            {
                // Two of them within quotes are one that is meant.
                if (wasQuote) Append(next);
                (isQuoted, wasQuote) = (!isQuoted, isQuoted);
                continue;
            }
            else if (next == ',') EndCell();
            else if (next == '\n') EndRow();
            else Append(next);
            wasQuote = false;
        }
    }

    /// <summary>Prints what is left, and the names alone where there is no row.</summary>
    public void Finish()
    {
        if (page.Count > 0 || (Rows == 0 && names is not null)) Print();
        terminal.Out.Flush();
    }

    private void Append(byte next)
    {
        cell.GetSpan(1)[0] = next;
        cell.Advance(1);
    }

    private void EndCell()
    {
        row.Add(Encoding.UTF8.GetString(cell.WrittenSpan));
        cell.ResetWrittenCount();
    }

    private void EndRow()
    {
        EndCell();
        if (names is null) names = [.. row];
        else
        {
            page.Add([.. row]);
            Rows++;
        }
        row.Clear();
        if (page.Count == PageRows) Print();
    }

    private void Print()
    {
        var table = new TextTable([.. names!.Select((name, i) => IsNumber(i) ? ">" + name : name)]);
        foreach (var cells in page) table.Add(cells);
        table.Print(terminal);
        page.Clear();
    }

    private bool IsNumber(int column) => page.Count > 0 && page.TrueForAll(r => r[column].Length == 0 || IsNumber(r[column]));

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
