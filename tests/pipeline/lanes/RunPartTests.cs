using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Pipeline.Tests;

/// <summary>Which records are held, what becomes of them, and what it costs their neighbours.</summary>
public sealed class RunPartTests : IDisposable
{
    private static readonly TableOptions Evolving =
        new() { Name = "t", Topics = ["t"], Columns = "id: long", KafkaColumn = false, UnknownFields = UnknownFields.Evolve };

    private static readonly TableIdent Ident = TableIdent.Parse("default.t");

    private LaneWorld? world;

    private LaneWorld World => world!;

    public void Dispose() => world?.Dispose();

    [Fact]
    public void NewFieldsOfManyRecordsAreOneChangeOfTheSchema()
    {
        Start(Evolving, [.. Enumerable.Range(0, 100).Select(i => $$"""{"id":{{i}},"u{{i}}":{{i}}}""")]);
        World.Until(() => Rows == 100);
        Assert.Equal(101, World.Metadata().CurrentSchema.Fields.Length);
        Assert.InRange(World.Metadata().Schemas.Length, 2, 3);
    }

    [Fact]
    public void ChangesThatFollowOneAnotherGatherFieldsFirst()
    {
        Start(Evolving, """{"a":1}""");
        World.Until(() => Rows == 1);
        World.Topics.Add("t", 0, """{"b":1}""");
        World.Settle();
        Assert.True(World.Part().WantsAttention);
        World.Topics.Add("t", 0, """{"c":1}""");
        World.Settle();
        Assert.Equal((1L, 2), (Rows, World.Metadata().Schemas.Length));
        World.Clock.Pass(1_000);
        World.Until(() => Rows == 3);
        Assert.Equal(["id", "a", "b", "c"], World.Metadata().CurrentSchema.Fields.Select(f => f.Name));
        Assert.Equal(3, World.Metadata().Schemas.Length);
    }

    [Fact]
    public void RowsKeepTheOrderOfTheirOffsetsWhileRecordsAreHeld()
    {
        Start(Evolving, """{"id":1}""", """{"id":2,"a":1}""", """{"id":3}""", """{"id":4}""");
        World.Until(() => Rows == 4);
        World.Flush();
        Assert.Equal(["1", "2", "3", "4"], World.Rows("default.t").Select(r => r.Split(':', ',')[1].TrimEnd('}')));
    }

    [Fact]
    public void AFieldThatCannotBeAColumnCostsNoNeighbour()
    {
        var name = new string('n', 1_001);
        Start(Evolving, """{"id":1,"a":1}""", $$"""{"id":2,"{{name}}":1}""", """{"id":3,"b":1}""");
        Settle(2);
        Assert.Equal(["id", "a", "b"], World.Metadata().CurrentSchema.Fields.Select(f => f.Name));
        Assert.Contains("\"offset\":1,", Assert.Single(Letters()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":1,"ID":2}""", "differs from 'id' in case only")]
    [InlineData("""{"id":1,"":2}""", "name is empty")]
    [InlineData("""{"id":1,"o":{"x":1,"X":2}}""", "differs from 'o.x' in case only")]
    [InlineData("""{"id":1,"id_bucket":2}""", "has the name of")]
    public void ARecordThatIsRefusedForItsNamesAsksNoCatalog(string json, string why)
    {
        var catalog = Start(Evolving with { PartitionBy = "bucket(4, id)" });
        var loads = catalog.Loads;
        World.Topics.Add("t", 0, [.. Enumerable.Repeat(json, 20)]);
        World.Until(() => DeadLetters == 20);
        Assert.Equal(loads, catalog.Loads);
        Assert.All(Letters(), l => Assert.Contains(why, l, StringComparison.Ordinal));
    }

    [Fact]
    public void RecordsBeyondTheLimitOfColumnsAskNoCatalog()
    {
        var full = string.Join(", ", Enumerable.Range(0, ColumnNames.MaxColumns).Select(i => $"c{i}: long"));
        var catalog = Start(Evolving with { Columns = full });
        var loads = catalog.Loads;
        World.Topics.Add("t", 0, [.. Enumerable.Range(0, 20).Select(i => $$"""{"c0":{{i}},"u{{i}}":1}"""), """{"c0":20}"""]);
        World.Until(() => Rows == 1);
        Assert.Equal((20, loads), (DeadLetters, catalog.Loads));
    }

    [Fact]
    public void AColumnThatAnotherEngineAddedIsFilledAtOnce()
    {
        Start(Evolving, """{"id":1}""");
        World.Until(() => Rows == 1);
        Change(new UpdateSchema().Add("", "t", PrimitiveType.TimestampTz));
        World.Topics.Add("t", 0, """{"id":2,"t":"2026-01-02T03:04:05Z"}""");
        World.Until(() => Rows == 2);
        World.Flush();
        Assert.Contains("2026-01-02", World.Rows("default.t")[1], StringComparison.Ordinal);
        Assert.Equal(0, DeadLetters);
    }

    /// <summary>Also where unknown fields are ignored, once a commit or a look at the table has brought its schema.</summary>
    [Fact]
    public void AWidenedOrAddedColumnIsTakenOverWithoutARestart()
    {
        Start(Evolving with { Columns = "id: int", UnknownFields = UnknownFields.Ignore }, """{"id":1}""");
        World.Until(() => Rows == 1);
        Change(new UpdateSchema().Widen("id", PrimitiveType.Long).Add("", "t", PrimitiveType.String));
        World.Table().Run!.Store.Reload();
        World.Topics.Add("t", 0, """{"id":3000000000,"t":"x"}""");
        World.Until(() => Rows == 2);
        World.Flush();
        Assert.Equal(["""{"id":1,"t":null}""", """{"id":3000000000,"t":"x"}"""], World.Rows("default.t"));
    }

    [Fact]
    public void AColumnThatAnotherEngineRenamedOrDroppedStaysUntilTheTableIsOpenedAgain()
    {
        Start(Evolving with { Columns = "id: long, a: string, b: string", UnknownFields = UnknownFields.Ignore });
        Change(new UpdateSchema().Rename("a", "c").Drop("b"));
        World.Table().Run!.Store.Reload();
        World.Topics.Add("t", 0, """{"id":1,"a":"x","b":"y"}""", """{"id":2,"a":"x","b":"y"}""");
        World.Until(() => Rows == 2);
        Assert.Single(World.Log.Lines, l => l.Contains("dropped, renamed", StringComparison.Ordinal));
        World.Flush();
        Assert.Contains("""{"id":1,"c":"x"}""", World.Rows("default.t"));
    }

    [Fact]
    public void SchemaChangesThatTheCatalogKeepsRefusingMakeDeadLetters()
    {
        var catalog = Start(Evolving);
        catalog.Refuses = true;
        World.Topics.Add("t", 0, [.. Enumerable.Range(0, 5).Select(i => $$"""{"id":{{i}},"u{{i}}":1}""")]);
        World.Until(() => DeadLetters == 5);
        Assert.InRange(catalog.Commits, 1, 8);
        World.Topics.Add("t", 0, """{"id":9}""");
        World.Until(() => Rows == 1);
        catalog.Refuses = false;
        Assert.All(Letters(), l => Assert.Contains("no such change here", l, StringComparison.Ordinal));
    }

    [Fact]
    public void WhatIsHeldOfAPartitionThatIsTakenAwayIsForgotten()
    {
        Start(Evolving, """{"a":1}""");
        World.Until(() => Rows == 1);
        World.Topics.Add("t", 0, """{"b":1}""", """{"id":1}""");
        World.Settle();
        Assert.Equal(new Offset(3), World.Source("t", "t", 0).NextOffset);
        var gone = World.Source("t", "t", 0);
        World.Part().Drop([gone]);
        Assert.False(World.Part().WantsAttention);
        Assert.Empty(World.Part().Sources);
        World.Clock.Pass(1_000);
        World.Settle();
        Assert.Equal((1L, 2), (Rows, World.Metadata().Schemas.Length));
    }

    [Fact]
    public void FirstColumnsComeFromTheRecordsThatWereThereInTime()
    {
        Start(Evolving with { Columns = null }, """{"id":1}""", """{"id":2,"x":1.5}""");
        World.Settle();
        Assert.Null(World.Catalog.TryLoad(Ident));
        Assert.Equal(TableState.Starting, World.Table().Status().State);
        World.Clock.Pass(2_000);
        World.Until(() => Rows == 2);
        Assert.Equal(["id", "x"], World.Metadata().CurrentSchema.Fields.Select(f => f.Name));
    }

    [Fact]
    public void FirstColumnsAreAskedForAtOnceWhereEnoughRecordsAreHeld()
    {
        Start(Evolving with { Columns = null, InferRecords = 3 }, [.. Enumerable.Range(0, 8).Select(i => $$"""{"id":{{i}}}""")]);
        World.Until(() => Rows == 8);
    }

    [Fact]
    public void ATableThatTakesNoMoreIsSoughtBackToAndLosesNothing()
    {
        var catalog = Start(Evolving with { UnknownFields = UnknownFields.Ignore }, ["""{"id":0}"""]);
        World.Until(() => Rows == 1);
        catalog.IsAway = true;
        var text = new string('x', 100_000);
        World.Topics.Add("t", 0, [.. Enumerable.Range(1, 150).Select(i => $$"""{"id":{{i}},"t":"{{text}}"}""")]);
        // The log has no room for so much; what is passed over is fetched again once it has.
        World.Until(() => World.Part().IsStalled);
        World.Clock.Pass(10_000);
        World.Until(() => !World.Consumers[0].IsStarted("t", 0));
        catalog.IsAway = false;
        World.Part().RequestFlush();
        World.Clock.Pass(60_000);
        World.Until(() => Rows == 151);
        World.Flush();
        Assert.Equal(151, World.Rows("default.t").Distinct().Count());
    }

    private long Rows => World.Table().Status().Rows;

    private long DeadLetters => World.Table().Status().DeadLetters.Values.Sum();

    private Counting Start(TableOptions table, params string[] records)
    {
        var objects = new MemoryStore();
        var catalog = new Counting(objects);
        world = new(LaneWorld.OptionsFor(table with { Flush = new() { AgeMs = 10_000_000 } }), catalog: catalog, objects: objects);
        World.Topics.Add("t", 0, records);
        World.Assign(0, "t", 0);
        World.Until(() => World.Table().Run is { Parts.IsEmpty: false } && World.Consumers[0].Starts.Count > 0);
        return catalog;
    }

    private void Settle(int rows)
    {
        World.Settle();
        World.Clock.Pass(1_000);
        World.Until(() => Rows == rows);
    }

    private string[] Letters()
    {
        World.Flush();
        return World.Rows("default.t_dead_letters");
    }

    private void Change(UpdateSchema update) => new TableCommitter(World.Catalog, World.Objects).Commit(Ident, update);

    /// <summary>
    /// Counts what it is asked. On demand a server that answers every commit with a conflict, though nobody else changes the table; or one
    /// that is away.
    /// </summary>
    private sealed class Counting(IObjectStore objects) : ICatalog
    {
        private readonly FileCatalog tables = new(objects, "memory://store/w");

        internal bool Refuses { get; set; }

        internal bool IsAway { get; set; }

        internal int Commits { get; private set; }

        internal int Loads { get; private set; }

        public Table Load(TableIdent ident) => TryLoad(ident) ?? throw new InvalidOperationException($"there is no table {ident}");

        public Table? TryLoad(TableIdent ident)
        {
            Loads++;
            return IsAway ? throw new EngineException(ErrorKind.Unavailable, "the catalog is away") : tables.TryLoad(ident);
        }

        public Table Create(TableIdent ident, TableCreation creation) => tables.Create(ident, creation);

        public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
        {
            Commits++;
            if (IsAway) throw new EngineException(ErrorKind.Full, "no space left");
            return Refuses ? new CommitOutcome.Conflict("no such change here") : tables.Commit(current, updates, requirements);
        }

        public bool Drop(TableIdent ident, bool purge) => tables.Drop(ident, purge);

        public IEnumerable<ImmutableArray<string>> ListNamespaces() => tables.ListNamespaces();

        public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => tables.ListTables(inNamespace);
    }
}
