using System.Globalization;

namespace K2I.Cli.Bench;

/// <summary>One line of <c>k2i bench index</c>: an index of so many keys.</summary>
internal sealed record IndexBenchRow
{
    public required string Key { get; init; }

    public required int Keys { get; init; }

    /// <summary>What no index can do without, of a row: its key's hash, and a write to a line of memory as large as the index's.</summary>
    public double FloorNs { get; init; }

    /// <summary>Of a row with a new key, growth included.</summary>
    public double AddNs { get; init; }

    /// <summary>Of such a row, by another thread: pages under the memory that it takes, the kernel's and the host's work.</summary>
    public double PrepareNs { get; init; }

    /// <summary>Of a row with a key that the index has, in no order.</summary>
    public double ReplaceNs { get; init; }

    /// <summary>Of a row with a new key, while as many old rows are retired: stale entries are dropped on the way.</summary>
    public double TurnNs { get; init; }

    public double BytesPerKey { get; init; }

    /// <summary>The longest call of the writer, of <see cref="IndexBench.BatchRows"/> rows with new keys.</summary>
    public double LongestUs { get; init; }

    public double FindP50Ns { get; init; }

    public double FindP99Ns { get; init; }

    public double FindP999Ns { get; init; }

    public double MissP50Ns { get; init; }

    /// <summary>Of a key in one of a million rows without an index, the last looked at.</summary>
    public double ScanUs { get; init; }

    /// <summary>By the writer, of a row.</summary>
    public double AllocatedBytes { get; init; }

    internal static void PrintTable(IEnumerable<IndexBenchRow> rows, TextWriter output)
    {
        output.WriteLine($"a row and a lookup in ns; the longest call of the writer ({IndexBench.BatchRows} rows) and a scan in µs");
        output.WriteLine($"{"key",-12} {"keys",11} {"floor",6} {"add",6} {"pages",6} {"replace",8} {"turn",6} {"B/key",6} {"longest",8}"
            + $" {"p50",6} {"p99",6} {"p99.9",7} {"miss",6} {"scan 1M",8} {"alloc B",8}");
        foreach (var row in rows)
        {
            output.Write(string.Create(CultureInfo.InvariantCulture,
                $"{row.Key,-12} {row.Keys,11:N0} {row.FloorNs,6:F1} {row.AddNs,6:F1} {row.PrepareNs,6:F1} "));
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{row.ReplaceNs,8:F1} {row.TurnNs,6:F1}"));
            output.Write(string.Create(CultureInfo.InvariantCulture, $" {row.BytesPerKey,6:F1} {row.LongestUs,8:F0}"));
            output.Write(string.Create(CultureInfo.InvariantCulture,
                $" {row.FindP50Ns,6:F0} {row.FindP99Ns,6:F0} {row.FindP999Ns,7:F0} {row.MissP50Ns,6:F0}"));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $" {row.ScanUs,8:F0} {row.AllocatedBytes,8:F3}"));
        }
    }

    internal static void PrintJson(IEnumerable<IndexBenchRow> rows, TextWriter output) => JsonOut.Print(output, json =>
    {
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("key", row.Key);
            json.WriteNumber("keys", row.Keys);
            json.WriteNumber("floor_ns", Math.Round(row.FloorNs, 2));
            json.WriteNumber("add_ns", Math.Round(row.AddNs, 2));
            json.WriteNumber("pages_ns", Math.Round(row.PrepareNs, 2));
            json.WriteNumber("replace_ns", Math.Round(row.ReplaceNs, 2));
            json.WriteNumber("turn_ns", Math.Round(row.TurnNs, 2));
            json.WriteNumber("bytes_per_key", Math.Round(row.BytesPerKey, 2));
            json.WriteNumber("longest_us", Math.Round(row.LongestUs, 1));
            json.WriteNumber("find_p50_ns", Math.Round(row.FindP50Ns));
            json.WriteNumber("find_p99_ns", Math.Round(row.FindP99Ns));
            json.WriteNumber("find_p999_ns", Math.Round(row.FindP999Ns));
            json.WriteNumber("miss_p50_ns", Math.Round(row.MissP50Ns));
            json.WriteNumber("scan_us", Math.Round(row.ScanUs, 1));
            json.WriteNumber("allocated_bytes", Math.Round(row.AllocatedBytes, 4));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
