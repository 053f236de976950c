using K2I.Base;
using K2I.Columns;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>What every catalog promises. A catalog's own test class gives a fresh catalog, its store, and a second client of the same catalog.</summary>
public abstract class CatalogContract
{
    protected abstract ICatalog Catalog { get; }

    protected abstract ICatalog Other { get; }

    protected abstract IObjectStore Store { get; }

    /// <summary>What the names of this test's namespaces begin with; for servers that other tests have tables in.</summary>
    protected virtual string Prefix => "";

    /// <summary>False where a namespace has one level only.</summary>
    protected virtual bool NamespacesNest => true;

    /// <summary>False where files are never deleted with their table.</summary>
    protected virtual bool Purges => true;

    protected TableIdent Events => TableIdent.Parse($"{Prefix}db.events");

    private TableCommitter Committer => TestTables.Committer(Catalog, Store);

    /// <summary>A commit that another one on the same base must not pass unseen: it says what it relies on.</summary>
    private static CommitOutcome Commit(ICatalog catalog, Table table, string key, string value) => catalog.Commit(table,
    [
        new MetadataUpdate.AddSchema(Grown(table.Metadata), table.Metadata.LastColumnId + 1),
        new MetadataUpdate.SetCurrentSchema(MetadataUpdate.LastAdded),
        new MetadataUpdate.SetProperties(TestTables.Strings((key, value))),
    ],
    [
        new TableRequirement.AssertTableUuid(table.Metadata.Uuid),
        new TableRequirement.AssertLastAssignedFieldId(table.Metadata.LastColumnId),
        new TableRequirement.AssertCurrentSchemaId(table.Metadata.CurrentSchemaId),
    ]);

    private static Schema Grown(TableMetadata table)
    {
        var id = table.LastColumnId + 1;
        return table.CurrentSchema with { Struct = new StructType([.. table.CurrentSchema.Fields, new Field(id, $"c{id}", PrimitiveType.Long, false)]) };
    }

    [ContractFact]
    public void CreatedTableIsLoadedByOthers()
    {
        var table = Catalog.Create(Events, TestTables.Creation("day(ts), bucket(4, id)"));
        var loaded = Other.Load(Events);
        Assert.Equal(table.MetadataLocation, loaded.MetadataLocation);
        Assert.Equal(TableMetadataJson.ToBytes(table.Metadata), TableMetadataJson.ToBytes(loaded.Metadata));
        Assert.Equal(2, loaded.Metadata.DefaultSpec.Fields.Length);
        Assert.Null(loaded.Metadata.CurrentSnapshot);
    }

    [ContractFact]
    public void SecondCreateIsRefused()
    {
        Catalog.Create(Events, TestTables.Creation());
        Assert.Equal(ErrorKind.AlreadyExists, Assert.Throws<EngineException>(() => Other.Create(Events, TestTables.Creation())).Kind);
    }

    [ContractFact]
    public void ATableWhoseColumnsDoNotGoTogetherIsNotCreated()
    {
        Field Of(int id, string name) => new(id, name, PrimitiveType.TimestampTz, false);
        (string Why, Schema Schema, string PartitionName)[] creations =
        [
            ("two columns have the full name 'a.b'", Schema.Of(new Field(1, "a", new StructType([Of(2, "b")]), false), Of(3, "a.b")), ""),
            ("column 'TS' differs from 'ts' in case only", Schema.Of(Of(1, "ts"), Of(2, "TS")), ""),
            ("column 'ts_day' has the name of partition field 'ts_day'", Schema.Of(Of(1, "ts"), Of(2, "ts_day")), "ts_day"),
            ("needs format version 3", Schema.Of(new Field(1, "ns", PrimitiveType.TimestampNs, false)), ""),
        ];
        foreach (var (why, schema, part) in creations)
        {
            var spec = part.Length == 0 ? PartitionSpec.Unpartitioned : new(0, [new PartitionField(1, 1000, part, Transform.Day)]);
            var creation = new TableCreation { Schema = schema, Spec = spec };
            var error = Assert.Throws<EngineException>(() => Catalog.Create(Events, creation));
            Assert.Equal(ErrorKind.Invalid, error.Kind);
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
        }
        Assert.Null(Other.TryLoad(Events));
    }

    [ContractFact]
    public void ColumnsAndPartitionFieldsOfAllSpecsShareTheirNames()
    {
        Catalog.Create(Events, TestTables.Creation("day(ts)"));
        Committer.Commit(Events, new UpdateSpec("bucket(4, id) as part"));
        UpdateSchema Adding(string name) => new UpdateSchema().Add("", name, PrimitiveType.Int);
        foreach (var action in (TableAction[])[Adding("ts_day"), Adding("PART"), new UpdateSpec("day(ts) as name")])
        {
            var error = Assert.Throws<EngineException>(() => Committer.Commit(Events, action));
            Assert.Contains("has the name of partition field", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(3, Other.Load(Events).Metadata.CurrentSchema.Fields.Length);
    }

    [ContractFact]
    public void MissingTableIsNotFound()
    {
        Assert.Null(Catalog.TryLoad(Events));
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => Catalog.Load(Events)).Kind);
        Assert.False(Catalog.Drop(Events, purge: true));
    }

    [ContractFact]
    public void CommitOnAStaleBaseIsAConflict()
    {
        var table = Catalog.Create(Events, TestTables.Creation());
        var first = Assert.IsType<CommitOutcome.Committed>(Commit(Catalog, table, "a", "1"));
        Assert.IsType<CommitOutcome.Conflict>(Commit(Other, table, "a", "2"));
        Assert.Equal("1", Other.Load(Events).Metadata.Property("a"));
        Assert.IsType<CommitOutcome.Committed>(Commit(Other, first.Table, "a", "3"));
        Assert.Equal("3", Catalog.Load(Events).Metadata.Property("a"));
    }

    [ContractFact]
    public void FailedRequirementIsAConflict()
    {
        var table = Catalog.Create(Events, TestTables.Creation());
        Assert.IsType<CommitOutcome.Conflict>(Catalog.Commit(table, [new MetadataUpdate.SetProperties(TestTables.Strings(("a", "b")))], [new TableRequirement.AssertCurrentSchemaId(7)]));
        Assert.Null(Catalog.Load(Events).Metadata.Property("a"));
    }

    [ContractFact]
    public void ImpossibleUpdateIsRefusedAndChangesNothing()
    {
        var table = Catalog.Create(Events, TestTables.Creation());
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Catalog.Commit(table, [new MetadataUpdate.SetCurrentSchema(7)], [])).Kind);
        Assert.Equal(table.MetadataLocation, Catalog.Load(Events).MetadataLocation);
    }

    [ContractFact]
    public void SchemasAndSpecsThatTheTableHadBeforeAreGoneBackTo()
    {
        Catalog.Create(Events, TestTables.Creation("day(ts)"));
        foreach (var action in (TableAction[])[new UpdateSchema().Add("", "extra", PrimitiveType.Long), new UpdateSpec("id"), new UpdateSchema().Drop("extra"), new UpdateSpec("day(ts)")])
            Assert.Equal(CommitStatus.Committed, Committer.Commit(Events, action).Status);
        var table = Other.Load(Events).Metadata;
        Assert.Equal((0, 0, 2, 2), (table.CurrentSchemaId, table.DefaultSpecId, table.Schemas.Length, table.Specs.Length));
        Assert.Equal(CommitStatus.AlreadyDone, Committer.Commit(Events, new UpdateSchema().Drop("extra")).Status);
        Committer.Commit(Events, new UpdateSchema().Add("", "extra", PrimitiveType.Long));
        Assert.Equal(5, Other.Load(Events).Metadata.CurrentSchema.Fields[^1].Id);
    }

    [ContractFact]
    public void OneOfManyRacingCommitsWins()
    {
        var table = Catalog.Create(Events, TestTables.Creation());
        for (var round = 0; round < 10; round++)
        {
            using var start = new Barrier(4);
            var outcomes = new CommitOutcome[4];
            var threads = Enumerable.Range(0, 4).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                outcomes[i] = Commit(i % 2 == 0 ? Catalog : Other, table, "winner", $"{i}");
            })).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
            var winner = Assert.Single(Enumerable.Range(0, 4), i => outcomes[i] is CommitOutcome.Committed);
            Assert.All(outcomes.Where((_, i) => i != winner), o => Assert.IsType<CommitOutcome.Conflict>(o));
            table = Other.Load(Events);
            Assert.Equal($"{winner}", table.Metadata.Property("winner"));
        }
    }

    [ContractFact]
    public void NamespacesAndTablesAreListed()
    {
        var before = Catalog.ListNamespaces().Select(n => string.Join('.', n)).ToHashSet();
        string[] Spaces() => [.. Other.ListNamespaces().Select(n => string.Join('.', n)).Except(before).Order(StringComparer.Ordinal)];
        foreach (var name in (string[])["a.t1", "a.t2", "b.t3"]) Catalog.Create(TableIdent.Parse(Prefix + name), TestTables.Creation());
        Assert.Equal([Prefix + "a", Prefix + "b"], Spaces());
        Assert.Equal(["t1", "t2"], Other.ListTables([Prefix + "a"]).Select(t => t.Name).Order(StringComparer.Ordinal));
        Assert.Equal([TableIdent.Parse(Prefix + "b.t3")], Other.ListTables([Prefix + "b"]));
    }

    [ContractFact]
    public void NamespacesNestOrAreRefused()
    {
        var deep = TableIdent.Parse($"{Prefix}b.c.t");
        if (!NamespacesNest)
        {
            Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Catalog.Create(deep, TestTables.Creation())).Kind);
            return;
        }
        Catalog.Create(deep, TestTables.Creation());
        Assert.Equal(deep, Other.Load(deep).Ident);
        Assert.Equal([Prefix + "b", Prefix + "b.c"], Other.ListNamespaces().Select(n => string.Join('.', n)).Order(StringComparer.Ordinal));
        Assert.Equal([deep], Other.ListTables([Prefix + "b", "c"]));
        Assert.Empty(Other.ListTables([Prefix + "b"]));
    }

    [ContractFact]
    public void DroppedTableIsGoneAndMayBeMadeAnew()
    {
        var table = Committer.LoadOrCreate(Events, TestTables.Creation());
        Committer.Commit(Events, TestTables.Append(TestTables.File(table, "a")));
        Assert.True(Catalog.Drop(Events, Purges));
        Assert.Null(Other.TryLoad(Events));
        Assert.NotEqual(table.Metadata.Uuid, Other.Create(Events, TestTables.Creation()).Metadata.Uuid);
    }

    [ContractFact]
    public void ATableTakesAnotherNameAndGoesOn()
    {
        var table = Catalog.Create(Events, TestTables.Creation());
        var (to, gone) = (TableIdent.Parse($"{Prefix}other.renamed"), TableIdent.Parse($"{Prefix}db.gone"));
        if (IsUnsupported(() => Catalog.Rename(Events, to))) return;
        Assert.Null(Other.TryLoad(Events));
        Assert.Equal(table.MetadataLocation, Other.Load(to).MetadataLocation);
        Committer.Commit(to, TestTables.Append(TestTables.File(table, "a")));
        Assert.Single(TestTables.LivePaths(Other.Load(to), Store));
        var missing = Assert.Throws<EngineException>(() => Catalog.Rename(gone, TableIdent.Parse($"{Prefix}db.else")));
        Assert.Equal(ErrorKind.NotFound, missing.Kind);
        Catalog.Create(Events, TestTables.Creation());
        Assert.Equal(ErrorKind.AlreadyExists, Assert.Throws<EngineException>(() => Catalog.Rename(Events, to)).Kind);
        Assert.NotEqual(Other.Load(to).Metadata.Uuid, Other.Load(Events).Metadata.Uuid);
    }

    [ContractFact]
    public void ATableThatWasDroppedIsRegisteredAndGoesOn()
    {
        var table = Committer.LoadOrCreate(Events, TestTables.Creation());
        table = Committer.Commit(Events, TestTables.Append(TestTables.File(table, "a"))).Table;
        var to = TableIdent.Parse($"{Prefix}other.back");
        if (IsUnsupported(() => Catalog.Register(to, table.MetadataLocation))) return;
        Assert.True(Catalog.Drop(Events, purge: false));
        Assert.Equal(TestTables.LivePaths(table, Store), TestTables.LivePaths(Other.Load(to), Store));
        table = Committer.Commit(to, TestTables.Append(TestTables.File(table, "b"))).Table;
        Assert.Equal(2, TestTables.LivePaths(Other.Load(to), Store).Count);
        Assert.Equal(ErrorKind.AlreadyExists, Assert.Throws<EngineException>(() => Catalog.Register(to, table.MetadataLocation)).Kind);
    }

    [ContractFact]
    public void WritersAppendingAtOnceLoseNothing()
    {
        const int writers = 4, commits = 8;
        Catalog.Create(Events, TestTables.Creation());
        var failures = new List<Exception>();
        var threads = Enumerable.Range(0, writers).Select(w => new Thread(() =>
        {
            try
            {
                var committer = new TableCommitter(w % 2 == 0 ? Catalog : Other, Store, new CommitOptions { Retries = 1000 }, sleepMs: _ => Thread.Yield());
                for (var n = 0; n < commits; n++)
                {
                    var table = Catalog.Load(Events);
                    committer.Commit(Events, new AppendFiles { Files = [TestTables.File(table, $"w{w}-{n}")], Summary = TestTables.Strings(($"writer", $"{w}")) });
                    if (n % 4 == 3) committer.Commit(Events, new SetTableProperties { Updates = TestTables.Strings(($"w{w}", $"{n}")) });
                }
            }
            catch (Exception error)
            {
                lock (failures) failures.Add(error);
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Empty(failures);
        var final = Other.Load(Events);
        Assert.Equal(writers * commits, TestTables.LivePaths(final, Store).Distinct().Count());
        Assert.Equal(writers * commits, final.Metadata.Snapshots.Length);
        Assert.Equal($"{writers * commits}", final.Metadata.CurrentSnapshot!.Summary["total-data-files"]);
        Assert.Equal($"{writers * commits * 10}", final.Metadata.CurrentSnapshot!.Summary["total-records"]);
        for (var w = 0; w < writers; w++) Assert.Equal("7", final.Metadata.Property($"w{w}"));
        Assert.Equal(Enumerable.Range(1, writers * commits).Select(i => (long)i), final.Metadata.Snapshots.Select(s => s.SequenceNumber));
    }

    [ContractFact]
    public void WritersAddingTheSameColumnAgree()
    {
        Catalog.Create(Events, TestTables.Creation());
        var threads = Enumerable.Range(0, 4).Select(w => new Thread(() =>
            new TableCommitter(Catalog, Store, new CommitOptions { Retries = 1000 }, sleepMs: _ => Thread.Yield()).Commit(Events, new UpdateSchema().Add("", "color", PrimitiveType.String).Add("", $"only{w}", PrimitiveType.Long)))).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        var schema = Catalog.Load(Events).Metadata.CurrentSchema;
        Assert.Equal(["color", "id", "name", "only0", "only1", "only2", "only3", "ts"], schema.Fields.Select(f => f.Name).Order(StringComparer.Ordinal));
        Assert.Equal(8, schema.Fields.Select(f => f.Id).Distinct().Count());
    }

    private static bool IsUnsupported(Action change)
    {
        try
        {
            change();
            return false;
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unsupported)
        {
            return true;
        }
    }
}
