using System.Globalization;

namespace K2I.Cli.Bench;

/// <summary>One line of <c>k2i bench wal</c>. Times are of a record (ns) or a group (µs).</summary>
internal sealed record WalBenchRow
{
    public required string What { get; init; }

    public double RecordsPerSecond { get; init; }

    public double MegabytesPerSecond { get; init; }

    /// <summary>In the appender: copy, checksum, bookkeeping.</summary>
    public double AppendNs { get; init; }

    /// <summary>Of all threads, the one that makes the records included.</summary>
    public double CpuNs { get; init; }

    public double GroupP50Us { get; init; }

    public double GroupP99Us { get; init; }

    public double GroupMaxUs { get; init; }

    public long Syncs { get; init; }

    public double AllocatedBytes { get; init; }

    /// <summary>How often the appender found no room and waited.</summary>
    public long NoRoom { get; init; }

    public double OpenMs { get; init; }

    public double ReplayMs { get; init; }

    internal static void PrintTable(IEnumerable<WalBenchRow> rows, TextWriter output)
    {
        output.WriteLine("records of 250 B in frames of up to 64 KiB");
        output.WriteLine($"{"",-28} {"records/s",11} {"MB/s",7} {"append ns",10} {"cpu ns",7} {"p50 µs",7} {"p99 µs",7} {"max µs",7} {"syncs",6} {"alloc B",8} {"open ms",8} {"replay ms",10}");
        foreach (var row in rows)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{row.What,-28} {row.RecordsPerSecond,11:N0} {row.MegabytesPerSecond,7:N0} {Some(row.AppendNs, "F1"),10} {Some(row.CpuNs, "F1"),7} {Some(row.GroupP50Us, "F0"),7} {Some(row.GroupP99Us, "F0"),7} {Some(row.GroupMaxUs, "F0"),7} {Some(row.Syncs, "F0"),6} {(row.Syncs > 0 ? row.AllocatedBytes.ToString("F3", CultureInfo.InvariantCulture) : ""),8} {Some(row.OpenMs, "F0"),8} {Some(row.ReplayMs, "F0"),10}"));
    }

    internal static void PrintJson(IEnumerable<WalBenchRow> rows, TextWriter output) => JsonOut.Print(output, json =>
    {
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("what", row.What);
            json.WriteNumber("records_per_second", Math.Round(row.RecordsPerSecond));
            json.WriteNumber("mb_per_second", Math.Round(row.MegabytesPerSecond, 1));
            json.WriteNumber("append_ns", Math.Round(row.AppendNs, 2));
            json.WriteNumber("cpu_ns", Math.Round(row.CpuNs, 2));
            json.WriteNumber("group_p50_us", Math.Round(row.GroupP50Us));
            json.WriteNumber("group_p99_us", Math.Round(row.GroupP99Us));
            json.WriteNumber("group_max_us", Math.Round(row.GroupMaxUs));
            json.WriteNumber("syncs", row.Syncs);
            json.WriteNumber("allocated_bytes", Math.Round(row.AllocatedBytes, 4));
            json.WriteNumber("no_room", row.NoRoom);
            json.WriteNumber("open_ms", Math.Round(row.OpenMs, 1));
            json.WriteNumber("replay_ms", Math.Round(row.ReplayMs, 1));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private static string Some(double value, string format) => value == 0 ? "" : value.ToString(format, CultureInfo.InvariantCulture);
}
