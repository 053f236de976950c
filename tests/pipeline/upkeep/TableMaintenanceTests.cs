using System.Globalization;
using K2I.Base;
using K2I.Maintenance;

namespace K2I.Pipeline.Tests;

/// <summary>A process looks after its tables by itself.</summary>
public sealed class TableMaintenanceTests : IDisposable
{
    private readonly EngineFixture fixture = new();
    private readonly EngineOptions options;

    public TableMaintenanceTests()
    {
        fixture.Broker.CreateTopic("orders", 1);
        options = fixture.Options(new TableOptions
        {
            Name = "orders",
            Topics = ["orders"],
            Columns = "id: long",
            Flush = new() { AgeMs = 50 },
            Maintenance = new() { Compaction = new() { SettleMs = 0, QuietMs = 0 } },
        }) with
        {
            Maintenance = new() { LookMs = 20, EveryMs = 50, StatisticsEveryMs = 0 },
        };
    }

    public void Dispose() => fixture.Dispose();

    [Fact]
    public void DeadLettersAreLookedAfterLikeRows()
    {
        using var engine = fixture.Start(options);
        for (var round = 1; round <= 4; round++)
        {
            fixture.Produce("orders", 0, $$"""{"id":{{round}}}""", $"broken {round}");
            engine.WaitFor("orders", t => t.RowsCommitted == round);
        }
        engine.WaitFor("orders", _ => WasMerged("default.orders") && WasMerged("default.orders_dead_letters"));
        var status = engine.WaitFor("orders", t => t.Maintenance.Shape is { DataFiles: < 4, SmallFiles: > 0, WriteAmplification: > 1 });
        Assert.Equal(("", 0), (status.Maintenance.LastError, status.Maintenance.Failures));
        engine.Stop();
        Assert.Equal(4, fixture.Rows("default.orders").Length);
        Assert.Equal(4, fixture.DeadLetters("orders").Length);
        Assert.Equal(new Offset(8), OffsetMap.Of(fixture.Load("default.orders_dead_letters")).Next("orders", 0));
    }

    [Fact]
    public void ARoundInWhichTwoJobsFailIsPutOffOnce()
    {
        using (var engine = fixture.Start(options with { Tables = [options.Tables[0] with { IsMaintained = false }] }))
        {
            for (var round = 1; round <= 3; round++)
            {
                fixture.Produce("orders", 0, $$"""{"id":{{round}}}""");
                engine.WaitFor("orders", t => t.RowsCommitted == round);
            }
        }
        foreach (var file in Directory.EnumerateFiles(Path.Combine(fixture.Folder, "warehouse"), "*.parquet", SearchOption.AllDirectories))
            File.WriteAllBytes(file, new byte[new FileInfo(file).Length]);
        var slower = options with { Maintenance = options.Maintenance with { LookMs = 1_000, EveryMs = 1_000 } };
        using (var engine = fixture.Start(slower)) engine.WaitFor("orders", t => t.Maintenance.Failures >= 2 && Waits().Count > 0);
        // The first time twice as long as it takes to look again, at most.
        Assert.InRange(Waits()[0], 1, 2_000);
        Assert.Equal(2, fixture.Log.Lines.TakeWhile(l => !l.Contains("is looked after later", StringComparison.Ordinal))
            .Count(l => l.Contains("could not be looked after", StringComparison.Ordinal)));
    }

    [Fact]
    public void WhatACrashLeftIsToldOfInTheStatus()
    {
        var looks = options with { Maintenance = options.Maintenance with { OrphansEveryMs = 0 } };
        using var engine = fixture.Start(looks);
        fixture.Produce("orders", 0, """{"id":1}""");
        engine.WaitFor("orders", t => t.RowsCommitted == 1);
        var data = Path.Combine(fixture.Folder, "warehouse", "default", "orders", "data");
        foreach (var name in (string[])["lost.parquet", $".half.parquet.{Guid.NewGuid():N}.tmp"])
        {
            File.WriteAllBytes(Path.Combine(data, name), [1]);
            File.SetLastWriteTimeUtc(Path.Combine(data, name), DateTime.UtcNow.AddDays(-9));
        }
        // The status is there first, then the line.
        var status = engine.WaitFor("orders", t => t.Maintenance is { Orphans: 1, Unfinished: 1 } && WasLooked());
        Assert.Equal((0, 0), (status.Maintenance.FilesRemoved, status.Maintenance.UnfinishedAborted));

        bool WasLooked() => fixture.Log.Lines.Any(l => l.Contains("job=Orphans", StringComparison.Ordinal)
            && l.Contains("orphans=1 unfinished=1", StringComparison.Ordinal));
    }

    private List<long> Waits() =>
        [.. fixture.Log.Lines.Where(l => l.Contains("is looked after later", StringComparison.Ordinal))
            .Select(l => long.Parse(l[(l.LastIndexOf('=') + 1)..], CultureInfo.InvariantCulture))];

    private bool WasMerged(string table) =>
        fixture.Log.Lines.Any(l => l.Contains($"table looked after table={table} job=Compaction", StringComparison.Ordinal));
}
