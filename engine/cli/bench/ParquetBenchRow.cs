using System.Globalization;

namespace K2I.Cli.Bench;

/// <summary>One line of <c>k2i bench parquet</c>.</summary>
internal sealed record ParquetBenchRow(string What, int Round, double RowsPerSecond, double CpuNs, double AllocatedBytes, double BytesPerRow)
{
    internal static void PrintTable(IEnumerable<ParquetBenchRow> rows, TextWriter output)
    {
        output.WriteLine($"{"round",5}  {"",-8} {"rows/s",11} {"cpu ns/row",11} {"alloc B/row",12} {"B/row",8}");
        foreach (var row in rows)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{row.Round,5}  {row.What,-8} {row.RowsPerSecond,11:N0} {row.CpuNs,11:F1} {row.AllocatedBytes,12:F3} {row.BytesPerRow,8:F2}"));
    }

    internal static void PrintJson(IEnumerable<ParquetBenchRow> rows, TextWriter output) => JsonOut.Print(output, json =>
    {
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("what", row.What);
            json.WriteNumber("round", row.Round);
            json.WriteNumber("rows_per_second", Math.Round(row.RowsPerSecond));
            json.WriteNumber("cpu_ns", Math.Round(row.CpuNs, 1));
            json.WriteNumber("allocated_bytes", Math.Round(row.AllocatedBytes, 4));
            json.WriteNumber("bytes_per_row", Math.Round(row.BytesPerRow, 3));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
