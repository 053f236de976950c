using K2I.Base;
using K2I.Cli.Rows;
using K2I.Iceberg;

namespace K2I.Cli.Commands;

/// <summary>Prints the rows of a scan in the form asked for.</summary>
internal static class TableRows
{
    public static readonly string[] Formats = ["json", "csv", "arrow"];

    /// <summary>Prints up to <paramref name="limit"/> rows (0: all).</summary>
    public static void Print(TableScan scan, long limit, string format, TextWriter output)
    {
        using IRowOutput rows = format switch
        {
            "csv" => new CsvRows(scan.Schema, output),
            "arrow" => new ArrowRows(scan.Schema, BytesOf(output)),
            _ => new JsonRows(output),
        };
        using var reader = scan.Read();
        for (var printed = 0L; (limit == 0 || printed < limit) && reader.TryRead(out var batch);)
        {
            var count = limit == 0 ? batch.Rows : (int)Math.Min(batch.Rows, limit - printed);
            if (count > 0) rows.Write(batch, count);
            printed += count;
        }
        rows.Finish();
    }

    private static Stream BytesOf(TextWriter output) => output is StreamWriter writer ? writer.BaseStream : throw new EngineException(ErrorKind.Unsupported, "Arrow is bytes; it needs a file or pipe to go to");
}
