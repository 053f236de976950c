using K2I.Base;
using K2I.Storage;

namespace K2I.Catalogs.Tests;

/// <summary>
/// What every catalog of pointers promises beyond what all catalogs do. A catalog's tests give clients of it, each as a process would have
/// it.
/// </summary>
public abstract class PointerContract : CatalogContract
{
    private FaultyPointers? pointers;

    /// <summary>A client of the catalog.</summary>
    protected abstract IPointers Open();

    protected sealed override ICatalog Catalog => new PointerCatalog(Pointers, Store);

    protected sealed override bool Purges => !Pointers.SharesFiles;

    protected sealed override ICatalog Other => field ??= new PointerCatalog(Open(), Store);

    private FaultyPointers Pointers => pointers ??= new FaultyPointers(Open());

    private static CommitOutcome Set(ICatalog catalog, Table table, string value) =>
        catalog.Commit(table, [new MetadataUpdate.SetProperties(TestTables.Strings(("k", value)))], []);

    private List<string> MetadataFilesOf(Table table) =>
        [
            .. Store.List(table.Metadata.Location + "/metadata/").Select(f => f.Location)
                .Where(f => f.EndsWith(".metadata.json", StringComparison.Ordinal)),
        ];

    [ContractFact]
    public void ACreationWhoseAnswerIsLostIsFound()
    {
        Pointers.Losing = change => change();
        var table = Catalog.Create(Events, TestTables.Creation());
        Assert.Equal(table.MetadataLocation, Other.Load(Events).MetadataLocation);
    }

    [ContractFact]
    public void ACreationThatNeverArrivedIsInDoubt()
    {
        Pointers.Losing = _ => { };
        Assert.Equal(ErrorKind.Unknown, Assert.Throws<EngineException>(() => Catalog.Create(Events, TestTables.Creation())).Kind);
        Assert.Null(Other.TryLoad(Events));
        Catalog.Create(Events, TestTables.Creation());
    }

    [ContractFact]
    public void ACommitWhoseAnswerIsLostIsFound()
    {
        var table = Catalog.Create(Events, TestTables.Creation());
        Pointers.Losing = change => change();
        Assert.IsType<CommitOutcome.Committed>(Set(Catalog, table, "1"));
        Assert.Equal("1", Other.Load(Events).Metadata.Property("k"));
    }

    [ContractFact]
    public void ACommitWhoseAnswerIsLostIsFoundBelowLaterOnes()
    {
        var table = Catalog.Create(Events, TestTables.Creation());
        Pointers.Losing = change =>
        {
            change();
            for (var n = 0; n < 3; n++) Assert.IsType<CommitOutcome.Committed>(Set(Other, Other.Load(Events), $"other{n}"));
        };
        Assert.IsType<CommitOutcome.Committed>(Set(Catalog, table, "1"));
        Assert.Equal("other2", Catalog.Load(Events).Metadata.Property("k"));
        Assert.Equal(5, Other.Load(Events).Metadata.MetadataLog.Length + 1);
    }

    [ContractFact]
    public void ACommitThatNeverArrivedIsInDoubtAndKeepsItsFile()
    {
        var table = Catalog.Create(Events, TestTables.Creation());
        Pointers.Losing = _ => { };
        Assert.IsType<CommitOutcome.Unknown>(Set(Catalog, table, "1"));
        Assert.Equal(2, MetadataFilesOf(table).Count);
        Assert.IsType<CommitOutcome.Committed>(Set(Catalog, Catalog.Load(Events), "1"));
    }

    [ContractFact]
    public void ACommitThatWasOvertakenBeforeItArrivedIsAConflict()
    {
        var table = Catalog.Create(Events, TestTables.Creation());
        Pointers.Losing = _ => Assert.IsType<CommitOutcome.Committed>(Set(Other, table, "other"));
        Assert.IsType<CommitOutcome.Conflict>(Set(Catalog, table, "1"));
        Assert.Equal("other", Catalog.Load(Events).Metadata.Property("k"));
    }

    [ContractFact]
    public void FilesOfRefusedCommitsGoAndNamesCountOn()
    {
        var table = Catalog.Create(Events, TestTables.Creation());
        Assert.IsType<CommitOutcome.Committed>(Set(Catalog, table, "1"));
        Assert.IsType<CommitOutcome.Conflict>(Set(Other, table, "2"));
        var now = Other.Load(Events);
        Assert.Equal([table.MetadataLocation, now.MetadataLocation], MetadataFilesOf(table).Order(StringComparer.Ordinal));
        Assert.Equal((0, 1), (PointerCatalog.VersionOf(table.MetadataLocation), PointerCatalog.VersionOf(now.MetadataLocation)));
        Assert.Equal(table.MetadataLocation, Assert.Single(now.Metadata.MetadataLog).Location);
    }

    [ContractFact]
    public void OldMetadataFilesGoIfTheTableHasThatDone()
    {
        var table = Catalog.Create(Events, TestTables.Creation());
        var committer = TestTables.Committer(Catalog, Store);
        var rules = TestTables.Strings((TableProperties.DeleteAfterCommit, "true"), (TableProperties.PreviousVersionsMax, "2"));
        committer.Commit(Events, new SetTableProperties { Updates = rules });
        for (var n = 0; n < 4; n++) committer.Commit(Events, new SetTableProperties { Updates = TestTables.Strings(("n", $"{n}")) });
        Assert.Equal(3, MetadataFilesOf(table).Count);
    }

    [ContractFact]
    public void ADropKeepsFilesUnlessItPurges()
    {
        var table = TestTables.Committer(Catalog, Store).LoadOrCreate(Events, TestTables.Creation());
        var file = TestTables.File(table, "a");
        Store.Put(file.FilePath, "rows"u8);
        TestTables.Committer(Catalog, Store).Commit(Events, TestTables.Append(file));
        Assert.True(Catalog.Drop(Events, purge: false));
        Assert.True(Store.Exists(file.FilePath));
        Assert.NotEmpty(MetadataFilesOf(table));
        if (!Purges)
        {
            Catalog.Create(Events, TestTables.Creation());
            Assert.Equal(ErrorKind.Unsupported, Assert.Throws<EngineException>(() => Catalog.Drop(Events, purge: true)).Kind);
            return;
        }

        table = Catalog.Create(Events, TestTables.Creation());
        file = TestTables.File(table, "b");
        Store.Put(file.FilePath, "rows"u8);
        TestTables.Committer(Catalog, Store).Commit(Events, TestTables.Append(file));
        var files = MetadataFiles.All(Other.Load(Events), Store);
        Assert.Equal(5, files.Length);
        Assert.True(Other.Drop(Events, purge: true));
        Assert.All(files, f => Assert.False(Store.Exists(f)));
        Assert.Null(Catalog.TryLoad(Events));
    }
}
