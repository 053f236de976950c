using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Pipeline.Tests;

/// <summary>Several lanes, several tables, and what one costs the others.</summary>
public sealed class LanesTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    public void Dispose() => fixture.Dispose();

    [Fact]
    public void TwoLanesFeedSeveralTablesAndATopicFeedsTwoOfThem()
    {
        Produce("a", partitions: 4, each: 100);
        Produce("b", partitions: 2, each: 50);
        var options = fixture.Options(Table("single", "a"), Table("both", "a", "b"), Table("pattern", "^[ab]$")) with { Lanes = 2 };
        using (var engine = fixture.Start(options))
        {
            engine.WaitFor("single", t => t.RowsCommitted == 400);
            engine.WaitFor("both", t => t.RowsCommitted == 500);
            engine.WaitFor("pattern", t => t.RowsCommitted == 500);
        }
        AssertOnce("single", 400);
        AssertOnce("both", 500);
        AssertOnce("pattern", 500);
    }

    [Fact]
    public void ATableThatPausesLeavesItsLaneToTheOthers()
    {
        Produce("a", partitions: 1, each: 10);
        Produce("b", partitions: 1, each: 10);
        var options =
            fixture.Options(Table("strict", "a") with { DeadLetterPolicy = DeadLetterPolicy.Pause }, Table("lax", "a"),
            Table("other", "b")) with
            { Lanes = 1 };
        using var engine = fixture.Start(options);
        engine.WaitFor("strict", t => t.RowsCommitted == 10);
        fixture.Produce("a", 0, "no json", """{"id":10}""");
        Assert.Equal(PauseReason.BadRecord, engine.WaitFor("strict", t => t.State == TableState.Paused).PauseReason);
        fixture.Produce("b", 0, """{"id":10}""");
        // The topic goes on for the table that takes the record for a dead letter, and the other topic too.
        engine.WaitFor("lax", t => t is { State: TableState.Running, RowsCommitted: 11 });
        engine.WaitFor("other", t => t is { State: TableState.Running, RowsCommitted: 11 });
        new ResumeRequest("strict", "1", PauseReason.BadRecord, SystemClock.Instance.UnixMs).Write(options.DataDirectory);
        engine.WaitFor("strict", t => t is { State: TableState.Running, RowsCommitted: 11 });
        engine.Stop();
        foreach (var table in options.Tables) AssertOnce(table.Name, 11);
    }

    [Fact]
    public void ATableThatCannotBeCommittedFillsNoPlaceThatOthersNeed()
    {
        var text = new string('x', 10_000);
        fixture.Broker.CreateTopic("hot", 4);
        for (var p = 0; p < 4; p++)
            fixture.Produce("hot", p, [.. Enumerable.Range(0, 400).Select(i => $$"""{"id":{{(p * 1_000) + i}},"text":"{{text}}"}""")]);
        Produce("quiet", partitions: 1, each: 1);
        var options =
            fixture.Options(Table("hot", "hot") with { Columns = "id: long, text: string" }, Table("quiet", "quiet")) with
            {
                Lanes = 1,
                MemoryBytes = 8 << 20
            };
        var services = EngineFixture.Services(options);
        var catalog = new AwayCatalog(services.Catalog, "hot") { IsAway = true };
        using var engine = fixture.Start(options, services with { Catalog = catalog });
        engine.WaitFor("hot", t => t.FlushRetries > 0);
        for (var i = 1; i < 5; i++)
        {
            fixture.Produce("quiet", 0, $$"""{"id":{{i}}}""");
            engine.WaitFor("quiet", t => t.RowsCommitted == i + 1);
        }
        Assert.Equal(0, engine.Table("hot").RowsCommitted);
        catalog.IsAway = false;
        engine.WaitFor("hot", t => t.RowsCommitted == 1_600);
        engine.Stop();
        AssertOnce("hot", 1_600);
        AssertOnce("quiet", 5);
    }

    [Fact]
    public void AnotherNumberOfLanesLosesAndDoublesNothingAndLogsOfFormerLanesGo()
    {
        Produce("a", partitions: 6, each: 50);
        Produce("b", partitions: 3, each: 50);
        TableOptions[] tables =
            [Table("one", "a") with { Flush = new() { AgeMs = 10_000_000 } },
            Table("two", "a", "b") with { Flush = new() { AgeMs = 10_000_000 } }];
        var three = fixture.Options(tables) with { Lanes = 3 };
        var first = fixture.Start(three);
        foreach (var (table, rows) in new[] { ("one", 300), ("two", 450) })
            first.WaitFor(table, t => t.Rows == rows && t.Partitions.All(p => p.CommittedOffset == Offset.None));
        first.WaitUntilSynced();
        var restore = fixture.CrashImage(three);
        first.Stop();
        restore();

        var clock = new ShiftedClock();
        var second = fixture.Start(three with { Lanes = 1 }, EngineFixture.Services(three) with { Clock = clock });
        foreach (var (table, rows) in new[] { ("one", 300), ("two", 450) }) second.WaitFor(table, t => t.Rows == rows);
        // All of it came out of the logs, those of the two lanes that are no more among them.
        Assert.Equal(750,
            fixture.Log.Lines.Where(l => l.StartsWith("Info the log is replayed", StringComparison.Ordinal)).Sum(l =>
            int.Parse(l.Split("records=")[1].Split(' ')[0], null)));
        Assert.Equal([true, true, true], LogFiles().Select(n => n > 0));
        // Once it is in the tables and nobody can come for the rest, they are of no use any more.
        clock.Pass(20_000_000);
        foreach (var (table, rows) in new[] { ("one", 300), ("two", 450) }) second.WaitFor(table, t => t.RowsCommitted == rows);
        second.WaitFor("one", _ => LogFiles() is [> 0, 0, 0]);
        second.Stop();

        using (var third = fixture.Start(three with { Lanes = 2 }))
        {
            fixture.Produce("b", 0, """{"id":99999}""");
            third.WaitFor("two", t => t.Rows == 1);
        }
        AssertOnce("one", 300);
        AssertOnce("two", 451);

        int[] LogFiles() =>
            [.. Enumerable.Range(0, 3).Select(i => Directory.GetFiles(Path.Combine(three.DataDirectory, "wal", $"lane-{i}")).Length)];
    }

    private static TableOptions Table(string name, params string[] topics) =>
        new() { Name = name, Topics = [.. topics], Columns = "id: long", Flush = new() { AgeMs = 200 } };

    /// <summary>Records whose ids differ over all partitions and topics.</summary>
    private void Produce(string topic, int partitions, int each)
    {
        fixture.Broker.CreateTopic(topic, partitions);
        for (var p = 0; p < partitions; p++)
            fixture.Produce(topic, p,
                [.. Enumerable.Range(0, each).Select(i => $$"""{"id":{{(topic[0] * 100_000) + (p * 1_000) + i}}}""")]);
    }

    private void AssertOnce(string table, int rows)
    {
        var all = fixture.Rows($"default.{table}");
        Assert.Equal((rows, rows), (all.Length, all.Distinct().Count()));
    }

    /// <summary>A catalog that takes no commit of one table while it is away.</summary>
    private sealed class AwayCatalog(ICatalog inner, string table) : ICatalog
    {
        public volatile bool IsAway;

        public Table Load(TableIdent ident) => inner.Load(ident);

        public Table? TryLoad(TableIdent ident) => inner.TryLoad(ident);

        public Table Create(TableIdent ident, TableCreation creation) => inner.Create(ident, creation);

        public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements) =>
            IsAway && current.Ident.Name == table ? throw new EngineException(ErrorKind.Full, "no space left")
                : inner.Commit(current, updates, requirements);

        public bool Drop(TableIdent ident, bool purge) => inner.Drop(ident, purge);

        public IEnumerable<ImmutableArray<string>> ListNamespaces() => inner.ListNamespaces();

        public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => inner.ListTables(inNamespace);
    }
}
