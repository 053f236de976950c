using System.Globalization;

namespace K2I.Cli.Bench;

/// <summary>One line of <c>k2i bench scan</c>: a question's fastest turn.</summary>
/// <param name="What">Condition or form of output.</param>
/// <param name="Found">Rows of the answer, where they were counted.</param>
/// <param name="Ms">From the question to the end of the answer.</param>
/// <param name="RowsPerSecond">Rows looked at.</param>
/// <param name="BytesPerSecond">Bytes of the answer.</param>
/// <param name="CpuSecondsPerGb">Of the process, for a gigabyte of the answer; 0 where it has no bytes.</param>
/// <param name="AllocatedBytes">Managed, for the whole answer.</param>
internal sealed record ScanBenchRow(
    string What, long? Found, double Ms, double RowsPerSecond, double BytesPerSecond, double CpuSecondsPerGb, long AllocatedBytes)
{
    internal static void PrintTable(IEnumerable<ScanBenchRow> rows, TextWriter output)
    {
        output.WriteLine($"{"",-44} {"rows found",10} {"ms",9} {"Mrows/s",9} {"MB/s",8} {"cpu s/GB",9} {"alloc B",10}");
        foreach (var row in rows)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{row.What,-44} {row.Found,10:N0} {row.Ms,9:F3} {row.RowsPerSecond / 1e6,9:N0} {row.BytesPerSecond / 1e6,8:N0} ")
                + string.Create(CultureInfo.InvariantCulture, $"{row.CpuSecondsPerGb,9:F3} {row.AllocatedBytes,10:N0}"));
    }

    internal static void PrintJson(IEnumerable<ScanBenchRow> rows, TextWriter output) => JsonOut.Print(output, json =>
    {
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("what", row.What);
            if (row.Found is { } found) json.WriteNumber("found", found);
            json.WriteNumber("ms", Math.Round(row.Ms, 4));
            json.WriteNumber("rows_per_second", Math.Round(row.RowsPerSecond));
            json.WriteNumber("bytes_per_second", Math.Round(row.BytesPerSecond));
            json.WriteNumber("cpu_seconds_per_gb", Math.Round(row.CpuSecondsPerGb, 4));
            json.WriteNumber("allocated_bytes", row.AllocatedBytes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
