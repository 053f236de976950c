using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Running;
using K2I.Decode;
using K2I.Pipeline;
using K2I.Pipeline.Tests;
using K2I.Query;

namespace K2I.Cli.Tests;

/// <summary>Answers of a running engine that are open while the table goes on under them.</summary>
public sealed class OpenAnswerTests : IDisposable
{
    private const int Records = 4_000, TextLength = 1_000;

    private readonly EngineFixture fixture = new();
    private readonly List<Thread> threads = [];
    private EngineHandle? engine;
    private TableQueries? queries;

    public void Dispose()
    {
        engine?.RequestStop();
        foreach (var thread in threads) thread.Join();
        queries?.Dispose();
        engine?.Dispose();
        fixture.Dispose();
    }

    [Theory]
    [InlineData(QuerySource.Hot)]
    [InlineData(QuerySource.Cold)]
    public void AColumnThatComesMeanwhileIsNotInAnAnswerThatHasBegun(QuerySource source)
    {
        Produce(0, Records, "");
        Start(new() { Rows = source == QuerySource.Cold ? 1 : Records + 1 }, memoryBytes: 64 << 20, UnknownFields.Evolve);
        WaitForRows(Records, committed: source == QuerySource.Cold ? Records : 0);
        using var answer = queries!.Scan(new() { Table = "events", Source = source }, CancellationToken.None);
        var written = new ArrayBufferWriter<byte>();
        using var rows = new NdjsonRows(written);
        Pull(answer, rows);
        Assert.InRange(answer.Rows, 1, Records - 1);

        Produce(Records, Records, """ , "extra": "later" """);
        WaitForRows(2 * Records, committed: source == QuerySource.Cold ? 2 * Records : Records);
        Assert.Contains("extra", Schema(queries.Describe("events")));
        while (answer.TryWrite(rows)) Assert.True(answer.Rows <= Records);
        Assert.Equal(Enumerable.Range(0, Records), Ids(written, "extra", count: 0));

        written.Clear();
        using var later = queries.Scan(new() { Table = "events" }, CancellationToken.None);
        using var laterRows = new NdjsonRows(written);
        while (later.TryWrite(laterRows)) continue;
        Assert.Equal(Enumerable.Range(0, 2 * Records), Ids(written, "extra", count: Records));
    }

    [Fact]
    public void AReaderThatNeverFinishesLosesItsRowsAndIngestGoesOn()
    {
        const int Many = 40_000;
        Produce(0, Records, "");
        // Half of what queries may take is for rows that readers keep: less than one segment.
        Start(new() { Rows = Records }, memoryBytes: 16 << 20, UnknownFields.Ignore, queryBytes: 1 << 20);
        WaitForRows(Records, committed: 0);
        using var answer = queries!.Scan(new() { Table = "events", Source = QuerySource.Hot }, CancellationToken.None);
        var written = new ArrayBufferWriter<byte>();
        using var rows = new NdjsonRows(written);
        Pull(answer, rows);
        Assert.InRange(answer.Rows, 1, Records - 1);

        Produce(Records, Many, "");
        WaitForRows(Records + Many, committed: Many);
        WaitFor(() => engine!.Status().PinnedBytes == 0, "memory of the reader's rows does not come back");
        var error = Assert.Throws<QueryException>(() =>
        {
            while (answer.TryWrite(rows)) continue;
        });
        Assert.Equal(QueryFault.TakenBack, error.Fault);
        Assert.Contains("ask again", error.Message, StringComparison.Ordinal);
        using var count = queries.Scan(new() { Table = "events", Columns = ["id"], Limit = 100_000 }, CancellationToken.None);
        using var ids = new NdjsonRows(new ArrayBufferWriter<byte>());
        while (count.TryWrite(ids)) continue;
        Assert.Equal(Records + Many, count.Rows);
    }

    /// <summary>Until some rows are written.</summary>
    private static void Pull(RowStream answer, RowOutput rows)
    {
        while (answer.Rows == 0) Assert.True(answer.TryWrite(rows));
    }

    private static IEnumerable<int> Ids(ArrayBufferWriter<byte> lines, string column, int count)
    {
        var rows = Encoding.UTF8.GetString(lines.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(count, rows.Count(r => r.TryGetProperty(column, out var value) && value.GetString() == "later"));
        if (count == 0) Assert.All(rows, r => Assert.False(r.TryGetProperty(column, out _)));
        return rows.Select(r => r.GetProperty("id").GetInt32()).Order();
    }

    private static IEnumerable<string> Schema(TableInfo table) => table.Schema!.Fields.Select(f => f.Name);

    private void Start(FlushOptions flush, long memoryBytes, UnknownFields unknown, long queryBytes = 64 << 20)
    {
        var table = new TableOptions
        {
            Name = "events",
            Topics = ["events"],
            Columns = "id: long, text: string",
            Flush = flush with { AgeMs = 10_000_000 },
            UnknownFields = unknown,
        };
        var options = fixture.Options(table) with { MemoryBytes = memoryBytes };
        var services = EngineFixture.Services(options);
        engine = new(new(options, services, fixture.Log), options, services);
        queries = engine.Queries(new()
        {
            MemoryBytes = queryBytes,
            MaxRows = 1_000_000,
            MaxBytes = 1 << 30,
            TimeoutMs = 600_000,
            Concurrency = 4,
        });
        threads.AddRange(engine.Workers.Select(w => new Thread(() => w.Run()) { Name = w.Name, IsBackground = true }));
        foreach (var thread in threads) thread.Start();
    }

    private void Produce(int from, int count, string more) => fixture.Produce("events", 0, [.. Enumerable.Range(from, count).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"id": {{i}}, "text": "{{new string('x', TextLength)}}"{{more}}}"""))]);

    /// <summary>So many records are rows, and so many rows at least are in the table.</summary>
    private void WaitForRows(long rows, long committed) => WaitFor(
        () => engine!.Status().Tables[0] is var table && table.Rows >= rows && table.RowsCommitted >= committed,
        $"there are not {rows} rows with {committed} in the table");

    private void WaitFor(Func<bool> condition, string what)
    {
        for (var deadline = Environment.TickCount64 + 120_000; !condition(); Thread.Sleep(10))
            Assert.True(Environment.TickCount64 < deadline, $"{what}: {engine!.Status().Tables[0]}");
    }
}
