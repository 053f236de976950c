using System.Collections.Immutable;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Pipeline.Tests;

public sealed class IntakeTests
{
    private static readonly TableOptions Evolving = new() { Name = "t", Topics = ["t"], Columns = "id: long", KafkaColumn = false, UnknownFields = UnknownFields.Evolve };

    private static readonly TableIdent Ident = TableIdent.Parse("default.t");

    [Fact]
    public void NewFieldsOfManyRecordsAreOneChangeOfTheSchema()
    {
        using var world = new IntakeWorld(Evolving);
        var source = world.Partition(0);
        for (var i = 0; i < 100; i++) Assert.True(world.Offer(source, $$"""{"id":{{i}},"u{{i}}":{{i}}}"""));
        world.Intake.Drain();
        Assert.Equal(100, world.Counters.Rows);
        var metadata = world.Catalog.Load(Ident).Metadata;
        Assert.Equal(101, metadata.CurrentSchema.Fields.Length);
        Assert.Equal(2, metadata.Schemas.Length);
    }

    [Fact]
    public void ChangesThatFollowOneAnotherGatherFieldsFirst()
    {
        using var world = new IntakeWorld(Evolving);
        var source = world.Partition(0);
        world.Offer(source, """{"a":1}""");
        world.Intake.Drain();
        world.Offer(source, """{"b":1}""");
        world.Intake.Drain();
        Assert.True(world.Intake.HasRoom);
        world.Offer(source, """{"c":1}""");
        Assert.Equal(2, world.Intake.Held.Count);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                world.Intake.Drain();
                return world.Intake.Held.Count == 0;
            },
            TimeSpan.FromSeconds(30)));
        Assert.Equal(["id", "a", "b", "c"], world.Catalog.Load(Ident).Metadata.CurrentSchema.Fields.Select(f => f.Name));
        Assert.Equal(3, world.Catalog.Load(Ident).Metadata.Schemas.Length);
    }

    [Fact]
    public void AFieldThatCannotBeAColumnCostsNoNeighbour()
    {
        using var world = new IntakeWorld(Evolving);
        var source = world.Partition(0);
        var name = new string('n', 1_001);
        foreach (var json in new[] { """{"id":1,"a":1}""", $$"""{"id":2,"{{name}}":1}""", """{"id":3,"b":1}""" }) world.Offer(source, json);
        Settle(world);
        Assert.Equal(["id", "a", "b"], world.Catalog.Load(Ident).Metadata.CurrentSchema.Fields.Select(f => f.Name));
        Assert.StartsWith("0/1 NewField: ", Assert.Single(world.Letters.Lines), StringComparison.Ordinal);
        Assert.Equal(2, world.Counters.Rows);
    }

    [Theory]
    [InlineData("""{"id":1,"ID":2}""", "differs from 'id' in case only")]
    [InlineData("""{"id":1,"":2}""", "name is empty")]
    [InlineData("""{"id":1,"o":{"x":1,"X":2}}""", "differs from 'o.x' in case only")]
    [InlineData("""{"id":1,"id_bucket":2}""", "has the name of")]
    public void ARecordThatIsRefusedForItsNamesAsksNoCatalog(string json, string why)
    {
        var catalog = new Counting();
        using var world = new IntakeWorld(Evolving with { PartitionBy = "bucket(4, id)" }, catalog);
        var loads = catalog.Loads;
        for (var i = 0; i < 20; i++) world.Offer(world.Partition(i), json);
        Settle(world);
        Assert.Equal(loads, catalog.Loads);
        Assert.Equal(20, world.Letters.Lines.Count);
        Assert.All(world.Letters.Lines, l => Assert.Contains(why, l, StringComparison.Ordinal));
    }

    [Fact]
    public void RecordsBeyondTheLimitOfColumnsAskNoCatalog()
    {
        var catalog = new Counting();
        var full = string.Join(", ", Enumerable.Range(0, ColumnNames.MaxColumns).Select(i => $"c{i}: long"));
        using var world = new IntakeWorld(Evolving with { Columns = full }, catalog, ringBytes: 64 << 20);
        var (loads, source) = (catalog.Loads, world.Partition(0));
        for (var i = 0; i < 20; i++) world.Offer(source, $$"""{"c0":{{i}},"u{{i}}":1}""");
        world.Offer(source, """{"c0":20}""");
        Settle(world);
        Assert.Equal(loads, catalog.Loads);
        Assert.Equal(20, world.Letters.Lines.Count);
        Assert.All(world.Letters.Lines, l => Assert.Contains("is one too many", l, StringComparison.Ordinal));
        Assert.Equal(1, world.Counters.Rows);
    }

    /// <summary>The record that was refused is taken away before it is offered again: what comes next has nothing to do with it.</summary>
    [Fact]
    public void ARefusalGoesWithItsRecord()
    {
        using var world = new IntakeWorld(Evolving);
        var (refused, other) = (world.Partition(0), world.Partition(1));
        world.Offer(refused, $$"""{"id":1,"{{new string('n', 1_001)}}":1}""");
        world.Intake.Held.First!.Refusal = new("NewField", "of another partition");
        refused.Assigned = false;
        world.Intake.Held.DropUnassigned();
        world.Intake.Drain();
        world.Offer(other, """{"id":2,"city":"Ulm"}""");
        Settle(world);
        Assert.Empty(world.Letters.Lines);
        Assert.Equal(1, world.Counters.Rows);
        Assert.NotNull(world.Catalog.Load(Ident).Metadata.CurrentSchema.Struct.Find("city"));
    }

    [Fact]
    public void AColumnThatAnotherEngineAddedIsFilledAtOnce()
    {
        using var world = new IntakeWorld(Evolving);
        var source = world.Partition(0);
        world.Offer(source, """{"id":1}""");
        Change(world, new UpdateSchema().Add("", "t", PrimitiveType.TimestampTz));
        world.Offer(source, """{"id":2,"t":"2026-01-02T03:04:05Z"}""");
        Settle(world);
        Assert.Empty(world.Letters.Lines);
        Assert.Equal(2, world.Counters.Rows);
        Assert.Equal(PrimitiveType.TimestampTz, world.Ring.Current!.Rows.Schema.Struct.Find("t")!.Type);
    }

    /// <summary>Also where unknown fields are ignored, once a commit or a look at the table has brought its schema.</summary>
    [Fact]
    public void AWidenedOrAddedColumnIsTakenOverWithoutARestart()
    {
        using var world = new IntakeWorld(Evolving with { Columns = "id: int", UnknownFields = UnknownFields.Ignore });
        var source = world.Partition(0);
        world.Offer(source, """{"id":1}""");
        Change(world, new UpdateSchema().Widen("id", PrimitiveType.Long).Add("", "t", PrimitiveType.String));
        world.Store.Reload();
        Assert.True(world.Schema.Follow());
        Assert.False(world.Schema.Follow());
        world.Offer(source, """{"id":3000000000,"t":"x"}""");
        Assert.Empty(world.Letters.Lines);
        Assert.Equal(1, world.Ring.Current!.Rows.Rows);
        Assert.Equal("id: long, t: string", ColumnText.Format([.. world.Ring.Current.Rows.Schema.Fields]));
    }

    [Fact]
    public void AColumnThatAnotherEngineRenamedOrDroppedStaysUntilTheTableIsOpenedAgain()
    {
        using var world = new IntakeWorld(Evolving with { Columns = "id: long, a: string, b: string", UnknownFields = UnknownFields.Ignore });
        Change(world, new UpdateSchema().Rename("a", "c").Drop("b"));
        world.Store.Reload();
        Assert.False(world.Schema.Follow());
        Assert.False(world.Schema.Follow());
        Assert.Single(world.Log.Lines, l => l.Contains("dropped, renamed", StringComparison.Ordinal));
        world.Offer(world.Partition(0), """{"id":1,"a":"x","b":"y"}""");
        Assert.Equal("id: long, a: string, b: string", ColumnText.Format([.. world.Ring.Current!.Rows.Schema.Fields]));
    }

    [Fact]
    public void SchemaChangesThatTheCatalogKeepsRefusingMakeDeadLetters()
    {
        var catalog = new Counting();
        using var world = new IntakeWorld(Evolving, catalog);
        catalog.Refuses = true;
        var source = world.Partition(0);
        for (var i = 0; i < 5; i++) world.Offer(source, $$"""{"id":{{i}},"u{{i}}":1}""");
        Settle(world);
        Assert.Equal(5, world.Letters.Lines.Count);
        Assert.All(world.Letters.Lines, l => Assert.Contains("no such change here", l, StringComparison.Ordinal));
        Assert.InRange(catalog.Commits, 1, 8);
        world.Offer(source, """{"id":9}""");
        Assert.Equal(1, world.Counters.Rows);
    }

    private static void Change(IntakeWorld world, UpdateSchema update) => new TableCommitter(world.Catalog, new MemoryStore()).Commit(Ident, update);

    private static void Settle(IntakeWorld world) =>
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                world.Intake.Drain();
                return world.Intake.Held.Count == 0;
            },
            TimeSpan.FromSeconds(60)));

    /// <summary>Counts what it is asked. On demand a server that answers every commit with a conflict, though nobody else changes the table.</summary>
    private sealed class Counting : ICatalog
    {
        private readonly FileCatalog tables = new(new MemoryStore(), "memory://store/w");

        internal bool Refuses { get; set; }

        internal int Commits { get; private set; }

        internal int Loads { get; private set; }

        public Table Load(TableIdent ident) => TryLoad(ident) ?? throw new InvalidOperationException($"there is no table {ident}");

        public Table? TryLoad(TableIdent ident)
        {
            Loads++;
            return tables.TryLoad(ident);
        }

        public Table Create(TableIdent ident, TableCreation creation) => tables.Create(ident, creation);

        public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
        {
            Commits++;
            return Refuses ? new CommitOutcome.Conflict("no such change here") : tables.Commit(current, updates, requirements);
        }

        public bool Drop(TableIdent ident, bool purge) => tables.Drop(ident, purge);

        public IEnumerable<ImmutableArray<string>> ListNamespaces() => tables.ListNamespaces();

        public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => tables.ListTables(inNamespace);
    }
}
