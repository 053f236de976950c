using System.Text;
using K2I.Iceberg;

namespace K2I.Cli.Commands;

/// <summary>Prints the rows of a scan as JSON, one object a line.</summary>
internal static class TableRows
{
    /// <summary>Prints up to <paramref name="limit"/> rows (0: all).</summary>
    public static void Print(TableScan scan, long limit, TextWriter output)
    {
        var json = new RowJson();
        using var reader = scan.Read();
        for (var printed = 0L; (limit == 0 || printed < limit) && reader.TryRead(out var rows);)
        {
            for (var i = 0; i < rows.Rows && (limit == 0 || printed < limit); i++, printed++)
            {
                json.Clear();
                json.AppendLine(rows.Batch, rows.Ordinal(i));
                output.Write(Encoding.UTF8.GetString(json.Written));
            }
        }
    }
}
