using CommunityToolkit.HighPerformance.Buffers;
using K2I.Base;
using K2I.Pipeline;
using K2I.Query;

namespace K2I.Cli.Queries;

/// <summary>Reads tables as they stand in the catalog, without a running process.</summary>
internal static class ColdQuery
{
    /// <summary>A command shares them with nobody.</summary>
    private static readonly QueryLimits Limits = new()
    {
        MemoryBytes = 256 << 20,
        MaxRows = long.MaxValue,
        MaxBytes = long.MaxValue,
        TimeoutMs = int.MaxValue,
        Concurrency = 1,
    };

    /// <summary>Hands rows on in the form asked for. Throws <see cref="QueryException"/>.</summary>
    public static ExitCode Rows(
        Catalogs catalogs, IReadOnlyList<TableOptions> configured, QuestionText question, string format, Terminal terminal, Sink sink)
    {
        using var tables = new TableQueries(new ColdViews(catalogs, configured), catalogs.Store, Limits, SystemClock.Instance);
        question = question with { Source = QuestionText.Sources[(int)QuerySource.Cold] };
        var isOne = !question.Key.IsEmpty;
        using var rows = isOne
            ? tables.Find(question.ToKey(), CancellationToken.None)
            : tables.Scan(question.ToScan(), CancellationToken.None);
        using var part = new ArrayPoolBufferWriter<byte>(64 << 10);
        // One row is no list: as JSON it is the object alone, as from a running process.
        using RowOutput output = format switch
        {
            "csv" => new CsvRows(part),
            "arrow" => new ArrowRows(part),
            "json" when !isOne => new JsonRows(part),
            _ => new NdjsonRows(part),
        };
        bool more;
        do
        {
            more = rows.TryWrite(output);
            if (!more && isOne && rows.Rows == 0)
            {
                terminal.Error.WriteLine($"k2i: no row of table {TextFit.Clean(question.Table)} has the key");
                return ExitCode.NotFound;
            }
            sink(part.WrittenSpan);
            part.Clear();
        }
        while (more);
        return ExitCode.Ok;
    }
}
