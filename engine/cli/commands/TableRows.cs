using System.Buffers;
using System.Text;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Query;

namespace K2I.Cli.Commands;

/// <summary>Prints the rows of a scan in the form asked for.</summary>
internal static class TableRows
{
    public static readonly string[] Formats = ["json", "csv", "arrow"];

    private const int StepBytes = 1 << 20;

    /// <summary>Prints up to <paramref name="limit"/> rows (0: all).</summary>
    public static void Print(TableScan scan, long limit, string format, TextWriter output)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using RowOutput rows = format switch
        {
            "csv" => new CsvRows(buffer),
            "arrow" => new ArrowRows(buffer),
            _ => new NdjsonRows(buffer),
        };
        using var reader = scan.Read();
        rows.Begin(scan.Schema);
        for (var printed = 0L; (limit == 0 || printed < limit) && reader.TryRead(out var batch);)
        {
            Ordinal[] ordinals = [.. Enumerable.Range(0, batch.Rows).Select(batch.Ordinal)];
            var left = ordinals.AsSpan(0, limit == 0 ? batch.Rows : (int)Math.Min(batch.Rows, limit - printed));
            printed += left.Length;
            while (!left.IsEmpty)
            {
                left = left[rows.Write(batch.Batch, left, StepBytes)..];
                PassOn(buffer, format, output);
            }
        }
        rows.End();
        PassOn(buffer, format, output);
        output.Flush();
    }

    private static void PassOn(ArrayBufferWriter<byte> buffer, string format, TextWriter output)
    {
        if (output is StreamWriter writer)
        {
            writer.Flush();
            writer.BaseStream.Write(buffer.WrittenSpan);
        }
        else if (format == "arrow")
        {
            throw new EngineException(ErrorKind.Unsupported, "Arrow is bytes; it needs a file or pipe to go to");
        }
        else
        {
            output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        }
        buffer.ResetWrittenCount();
    }
}
