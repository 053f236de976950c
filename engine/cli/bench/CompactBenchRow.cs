using System.Globalization;

namespace K2I.Cli.Bench;

/// <summary>One line of <c>k2i bench compact</c>: the fastest turn of a way to put files together.</summary>
/// <param name="What">How.</param>
/// <param name="RowsPerSecond">Rows of the inputs.</param>
/// <param name="BytesPerCpuSecond">Bytes of the inputs, as stored, by seconds of a core.</param>
/// <param name="CpuNsPerRow">Of the process.</param>
/// <param name="BytesIn">As stored.</param>
/// <param name="BytesOut">As stored.</param>
internal sealed record CompactBenchRow(
    string What, double RowsPerSecond, double BytesPerCpuSecond, double CpuNsPerRow, long BytesIn, long BytesOut)
{
    internal static void PrintTable(IEnumerable<CompactBenchRow> rows, TextWriter output)
    {
        output.WriteLine($"{"",-24} {"krows/s",9} {"MB/s/core",10} {"cpu ns/row",11} {"MB in",8} {"MB out",8}");
        foreach (var row in rows)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{row.What,-24} {row.RowsPerSecond / 1e3,9:N0} {row.BytesPerCpuSecond / 1e6,10:N1} {row.CpuNsPerRow,11:N1} ")
                + string.Create(CultureInfo.InvariantCulture, $"{row.BytesIn / 1e6,8:N1} {row.BytesOut / 1e6,8:N1}"));
    }

    internal static void PrintJson(IEnumerable<CompactBenchRow> rows, TextWriter output) => JsonOut.Print(output, json =>
    {
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("what", row.What);
            json.WriteNumber("rows_per_second", Math.Round(row.RowsPerSecond));
            json.WriteNumber("bytes_per_cpu_second", Math.Round(row.BytesPerCpuSecond));
            json.WriteNumber("cpu_ns_per_row", Math.Round(row.CpuNsPerRow, 2));
            json.WriteNumber("bytes_in", row.BytesIn);
            json.WriteNumber("bytes_out", row.BytesOut);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
