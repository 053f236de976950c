using System.Collections.Concurrent;
using System.Globalization;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Pipeline.Tests;

/// <summary>What readers are given while lanes, flushes and memory go on under them.</summary>
public sealed class TableCutTests : IDisposable
{
    private const int Partitions = 4;

    private readonly EngineFixture fixture = new();

    public void Dispose() => fixture.Dispose();

    [Fact]
    public void AnUnknownTableHasNoCutAndOneThatIsNotOpenSaysSo()
    {
        fixture.Broker.CreateTopic("events", Partitions);
        using var engine = fixture.Start(fixture.Options(Table(new()) with { Columns = null }));
        Assert.Null(engine.Cut("other"));
        engine.WaitFor("events", t => t.State == TableState.Starting && t.Detail.Length > 0);
        Assert.Null(engine.Cut("events")!.Cold);
    }

    [Fact]
    public void RowsAreInMemoryBeforeAFlushAndStayThereAfterIt()
    {
        Produce(0, 100);
        using var engine = fixture.Start(fixture.Options(Table(new() { AgeMs = 10_000_000 })));
        engine.WaitFor("events", t => t.Rows == 400);
        WaitForCut(engine, 400);
        var before = Take(engine);
        Assert.Equal((400, 0, 0), (Count(before.Hot), Count(before.Flushed), ColdRows(before).Count));
        Assert.All(Enumerable.Range(0, Partitions), p => Assert.Equal(new Offset(100), before.Offsets[("events", p)]));
        engine.Apply([Table(new() { Rows = 1 })], []);
        engine.WaitFor("events", t => t.RowsCommitted == 400);
        var after = Take(engine);
        Assert.Equal((0, 400, 400), (Count(after.Hot), Count(after.Flushed), ColdRows(after).Count));
        Assert.Equal(before.Offsets.OrderBy(o => o.Key), after.Offsets.OrderBy(o => o.Key));
        // What was taken before is what it was.
        Assert.Equal(400, before.Hot.Sum(h => Rows(h).Count()));
        foreach (var lease in before.Leases.Concat(after.Leases)) lease.Dispose();
    }

    [Fact]
    public void EveryCutHasEachRowBelowItsOffsetsOnceWhateverGoesOn()
    {
        fixture.Broker.CreateTopic("events", Partitions);
        var table = Table(new() { Rows = 700, AgeMs = 200 });
        var options = fixture.Options(table) with { Lanes = 2, FlushThreads = 2, MemoryBytes = 16 << 20, HotTtlMs = 500 };
        using var engine = fixture.Start(options);
        engine.WaitFor("events", t => t.State == TableState.Running);
        var wrong = new ConcurrentQueue<string>();
        var ended = false;
        long cuts = 0, hot = 0, flushed = 0;
        var readers = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            var last = 0L;
            while (!Volatile.Read(ref ended) && wrong.IsEmpty)
            {
                var cut = engine.Cut("events")!;
                try
                {
                    if (Flaw(cut) is { } flaw) wrong.Enqueue(flaw);
                }
                catch (Exception error)
                {
                    wrong.Enqueue(error.ToString());
                }
                var sum = cut.Offsets.Values.Sum(o => o.Value);
                if (sum < last) wrong.Enqueue($"a cut at {sum} came after one at {last}");
                last = sum;
                Interlocked.Increment(ref cuts);
                Interlocked.Add(ref hot, Count(cut.Hot));
                Interlocked.Add(ref flushed, Count(cut.Flushed));
                foreach (var lease in cut.Leases) lease.Dispose();
            }
        })).ToArray();
        foreach (var reader in readers) reader.Start();
        for (var i = 0; i < 12; i++) Produce(i * 100, 100);
        engine.WaitFor("events", t => t.RowsCommitted == 12 * 100 * Partitions);
        Volatile.Write(ref ended, true);
        foreach (var reader in readers) reader.Join();
        Assert.Empty(wrong);
        Assert.True(cuts > 0 && hot > 0 && flushed > 0, $"{cuts} cuts, {hot} rows in memory, {flushed} flushed");
    }

    [Fact]
    public void ACutOutlivesTheRunAndTheEngine()
    {
        Produce(0, 10);
        TableCut cut;
        using (var engine = fixture.Start(fixture.Options(Table(new() { AgeMs = 10_000_000 }))))
        {
            WaitForCut(engine, 10 * Partitions);
            cut = Take(engine);
            engine.Stop();
        }
        Assert.Equal(10 * Partitions, cut.Hot.Sum(h => Rows(h).Count()));
        foreach (var lease in cut.Leases) lease.Dispose();
    }

    [Fact]
    public void RowsOfTheLogAreReadableAfterACrash()
    {
        Produce(0, 50);
        var options = fixture.Options(Table(new() { AgeMs = 10_000_000 }));
        var first = fixture.Start(options);
        WaitForCut(first, 50 * Partitions);
        first.WaitUntilSynced();
        var restore = fixture.CrashImage(options);
        first.Stop();
        restore();
        using var second = fixture.Start(options);
        WaitForCut(second, 50 * Partitions);
        var cut = Take(second);
        Assert.Null(Flaw(cut));
        Assert.Equal(50 * Partitions, Count(cut.Hot));
        foreach (var lease in cut.Leases) lease.Dispose();
    }

    private static TableOptions Table(FlushOptions flush) =>
        new() { Name = "events", Topics = ["events"], Columns = "id: long, text: string", Flush = flush };

    private void Produce(int from, int count)
    {
        for (var p = 0; p < Partitions; p++)
            fixture.Produce("events", p, [.. Enumerable.Range(from, count).Select(i =>
                string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{(p * 1_000_000L) + i}},"text":"row {{i}}"}"""))]);
    }

    private static TableCut Take(RunningEngine engine) => engine.Cut("events")!;

    private static void WaitForCut(RunningEngine engine, long records)
    {
        for (var deadline = Environment.TickCount64 + 120_000; ; Thread.Sleep(10))
        {
            Assert.True(Environment.TickCount64 < deadline, "the cut does not come so far");
            try
            {
                if (engine.Cut("events", withLeases: false)!.Offsets.Values.Sum(o => o.Value) >= records) return;
            }
            catch (EngineException error) when (error.Kind == ErrorKind.Unavailable)
            {
                // Not open yet.
            }
        }
    }

    /// <summary>An id says partition and offset: a cut must have each up to its offsets once, and none besides.</summary>
    private string? Flaw(TableCut cut)
    {
        var found = new HashSet<long>();
        foreach (var id in ColdRows(cut).Concat(cut.Hot.SelectMany(Rows)))
            if (!found.Add(id)) return $"row {id} is there twice";
        var wanted = cut.Offsets.Sum(o => o.Value.Value);
        foreach (var ((_, partition), next) in cut.Offsets)
            for (var i = 0L; i < next.Value; i++)
                if (!found.Contains((partition * 1_000_000L) + i))
                    return $"row {i} of partition {partition} lacks, which the cut has up to {next}";
        foreach (var rows in cut.Hot)
            if (rows.Covers.Sum(c => c.Next - c.From) != rows.Rows)
                return $"{rows.Rows} rows are said to be of {string.Join(", ", rows.Covers)}";
        return found.Count == wanted ? null : $"{found.Count} rows, {wanted} by its offsets";
    }

    private List<long> ColdRows(TableCut cut)
    {
        var ids = new List<long>();
        if (cut.Cold is not { } table) return ids;
        using var reader = new TableScan(table, EngineFixture.Services(fixture.Options()).Objects, new() { Columns = ["id"] }).Read();
        while (reader.TryRead(out var rows))
            for (var i = 0; i < rows.Rows; i++) ids.Add(rows.Batch.Columns[0].Value<long>(rows.Ordinal(i).Value));
        return ids;
    }

    private static IEnumerable<long> Rows(CutRows rows)
    {
        var batch = rows.Segment.View(rows.Rows);
        for (var i = 0; i < rows.Rows; i++) yield return batch.Columns[0].Value<long>(i);
    }

    private static int Count(IEnumerable<CutRows> rows) => rows.Sum(r => r.Rows);
}
