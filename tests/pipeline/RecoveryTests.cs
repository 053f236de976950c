using K2I.Base;

namespace K2I.Pipeline.Tests;

/// <summary>What comes back from the log after a crash. Crashes are copies of what is on disk while an engine runs.</summary>
public sealed class RecoveryTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    [Fact]
    public void LoggedRowsComeBackAndAreCommittedOnce()
    {
        fixture.Broker.CreateTopic("orders", 3);
        for (var p = 0; p < 3; p++) fixture.Produce("orders", p, [.. Enumerable.Range(0, 500).Select(i => $$"""{"id":{{(p * 1000) + i}}}""")]);
        var options = fixture.Options(Patient());
        Action crash;
        using (var engine = fixture.Start(options))
        {
            engine.WaitFor("orders", t => t.Rows == 1_500 && t.WalSyncedPosition == t.WalAppendedPosition);
            crash = fixture.CrashImage(options);
        }
        crash();
        for (var p = 0; p < 3; p++) fixture.Produce("orders", p, $$"""{"id":{{(p * 1000) + 500}}}""");
        using (var again = fixture.Start(options)) again.WaitFor("orders", t => t.Rows == 1_503);
        Assert.Contains(fixture.Log.Lines, l => l.Contains("the log is replayed", StringComparison.Ordinal) && l.Contains("records=1500", StringComparison.Ordinal));
        AssertEachOnce(501);
    }

    [Fact]
    public void LostLogCostsARefetchOnly()
    {
        fixture.Broker.CreateTopic("orders", 3);
        for (var p = 0; p < 3; p++) fixture.Produce("orders", p, [.. Enumerable.Range(0, 500).Select(i => $$"""{"id":{{(p * 1000) + i}}}""")]);
        var options = fixture.Options(Patient());
        Action crash;
        using (var engine = fixture.Start(options))
        {
            engine.WaitFor("orders", t => t.Rows == 1_500);
            crash = fixture.CrashImage(options);
        }
        crash();
        Directory.Delete(Path.Combine(options.DataDirectory, "wal"), recursive: true);
        using (var again = fixture.Start(options)) again.WaitFor("orders", t => t.Rows == 1_500);
        AssertEachOnce(500);
    }

    [Fact]
    public void RowsThatAreInTheTableAlreadyAreNotReplayed()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, [.. Enumerable.Range(0, 200).Select(i => $$"""{"id":{{i}}}""")]);
        var options = fixture.Options(Patient() with { Flush = new() { Rows = 150, AgeMs = 3_600_000 } });
        Action crash;
        using (var engine = fixture.Start(options))
        {
            engine.WaitFor("orders", t => t.RowsCommitted >= 150);
            fixture.Produce("orders", 0, [.. Enumerable.Range(200, 100).Select(i => $$"""{"id":{{i}}}""")]);
            engine.WaitFor("orders", t => t.Rows == 300 && t.WalSyncedPosition == t.WalAppendedPosition);
            crash = fixture.CrashImage(options);
        }
        crash();
        using (var again = fixture.Start(options)) again.WaitFor("orders", t => t.Partitions is [{ NextOffset.Value: 300 }]);
        AssertEachOnce(300, partitions: 1);
    }

    [Fact]
    public void WithoutRecordsInTheLogTheyAreFetchedAgain()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, [.. Enumerable.Range(0, 200).Select(i => $$"""{"id":{{i}}}""")]);
        var options = fixture.Options(Patient()) with { WalMode = WalMode.Offsets };
        Action crash;
        using (var engine = fixture.Start(options))
        {
            engine.WaitFor("orders", t => t.Rows == 200);
            crash = fixture.CrashImage(options);
        }
        crash();
        using (var again = fixture.Start(options)) again.WaitFor("orders", t => t.Rows == 200);
        Assert.DoesNotContain(fixture.Log.Lines, l => l.Contains("the log is replayed", StringComparison.Ordinal));
        AssertEachOnce(200, partitions: 1);
    }

    [Fact]
    public void SecondProcessOnADataDirectoryIsLockedOut()
    {
        fixture.Broker.CreateTopic("orders", 1);
        var options = fixture.Options(Patient());
        using var engine = fixture.Start(options);
        var error = Assert.Throws<Base.EngineException>(() => new Engine(options, EngineFixture.Services(options), fixture.Log));
        Assert.Contains(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DroppedTableIsNotMadeAnewSilently()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, """{"id":1}""");
        var options = fixture.Options(Patient() with { Flush = new() { AgeMs = 200 } });
        using (var engine = fixture.Start(options)) engine.WaitFor("orders", t => t.RowsCommitted == 1);
        Directory.Delete(Path.Combine(options.Iceberg.Warehouse, "default", "orders"), recursive: true);
        using var again = fixture.Start(options);
        Assert.Equal(PauseReason.TableMissing, again.WaitFor("orders", t => t.State == TableState.Paused).PauseReason);
        new ResumeRequest("orders", "1", PauseReason.TableReplaced, SystemClock.Instance.UnixMs).Write(options.DataDirectory);
        new ResumeRequest("orders", "2", PauseReason.TableMissing, SystemClock.Instance.UnixMs).Write(options.DataDirectory);
        again.WaitFor("orders", t => t is { State: TableState.Running, RowsCommitted: 1 });
        Assert.Single(fixture.Rows("default.orders"));
    }

    public void Dispose() => fixture.Dispose();

    private static TableOptions Patient() => new() { Name = "orders", Topics = ["orders"], Columns = "id: long!", Flush = new() { AgeMs = 3_600_000 } };

    private void AssertEachOnce(int each, int partitions = 3)
    {
        var ids = fixture.Rows("default.orders").Select(r => System.Text.Json.JsonDocument.Parse(r).RootElement.GetProperty("id").GetInt64()).Order();
        Assert.Equal(Enumerable.Range(0, partitions).SelectMany(p => Enumerable.Range(p * 1000, each)).Select(i => (long)i), ids);
    }
}
