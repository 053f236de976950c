using System.Buffers;
using System.Text;
using K2I.Base;

namespace K2I.Query.Tests;

/// <summary>Answers as text, whole.</summary>
internal static class Answers
{
    public static readonly QueryLimits Limits = new()
    {
        MemoryBytes = 64 << 20,
        MaxRows = 10_000_000,
        MaxBytes = 1L << 30,
        TimeoutMs = 60_000,
        Concurrency = 4,
    };

    public static TableQueries Queries(HotTable table, QueryLimits? limits = null) =>
        new(table, table.Store, limits ?? Limits, SystemClock.Instance);

    public static string[] Rows(HotTable table, ScanQuestion question)
    {
        using var queries = Queries(table);
        using var stream = queries.Scan(question, CancellationToken.None);
        return Rows(stream);
    }

    public static string[] Rows(HotTable table, QuerySource source, string? where = null) =>
        Rows(table, new ScanQuestion { Table = HotTable.Name, Source = source, Where = where });

    public static string[] Rows(RowStream stream)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var output = new NdjsonRows(buffer);
        while (stream.TryWrite(output))
        {
        }
        return Lines(buffer);
    }

    public static string[] Lines(ArrayBufferWriter<byte> buffer) =>
        Encoding.UTF8.GetString(buffer.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
