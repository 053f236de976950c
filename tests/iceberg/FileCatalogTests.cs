using System.Text;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

public sealed class MemoryFileCatalogTests : CatalogContract
{
    private readonly MemoryStore store = new("memory://wh");

    protected override IObjectStore Store => store;

    protected override ICatalog Catalog => new FileCatalog(store, "memory://wh");

    protected override ICatalog Other => new FileCatalog(store, "memory://wh");
}

public sealed class LocalFileCatalogTests : CatalogContract, IDisposable
{
    private readonly TempFolder folder = new();
    private readonly LocalStore store;

    public LocalFileCatalogTests() => store = new LocalStore(folder.Path);

    protected override IObjectStore Store => store;

    protected override ICatalog Catalog => new FileCatalog(store, store.Root);

    protected override ICatalog Other => new FileCatalog(store, store.Root + "/");

    public void Dispose() => folder.Dispose();
}

/// <summary>What only the file catalog has: versions, the hint, names as folders.</summary>
public sealed class FileCatalogTests
{
    private readonly MemoryStore store = new("memory://wh");
    private readonly FileCatalog catalog;
    private readonly TableCommitter committer;

    public FileCatalogTests()
    {
        catalog = new FileCatalog(store, "memory://wh");
        committer = TestTables.Committer(catalog, store);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("1")]
    [InlineData("garbage")]
    [InlineData("99")]
    public void HintIsNeverTrusted(string hint)
    {
        catalog.Create(TestTables.Events, TestTables.Creation());
        for (var n = 0; n < 12; n++) committer.Commit(TestTables.Events, new SetTableProperties { Updates = TestTables.Strings(("n", $"{n}")) });
        if (hint == "missing") store.Delete("memory://wh/db/events/metadata/version-hint.text");
        else store.Put("memory://wh/db/events/metadata/version-hint.text", Encoding.ASCII.GetBytes(hint));
        var table = catalog.Load(TestTables.Events);
        Assert.Equal("memory://wh/db/events/metadata/v13.metadata.json", table.MetadataLocation);
        Assert.Equal("11", table.Metadata.Property("n"));
    }

    [Fact]
    public void VersionsAreCompressedWhereTheTableSaysSoAndRacingWritersTryOneName()
    {
        catalog.Create(TestTables.Events, TestTables.Creation());
        Set("gzip");
        var base2 = catalog.Load(TestTables.Events);
        Assert.EndsWith("/v2.metadata.json", base2.MetadataLocation, StringComparison.Ordinal);
        Set("none");
        Assert.EndsWith("/v3.gz.metadata.json", catalog.Load(TestTables.Events).MetadataLocation, StringComparison.Ordinal);
        var late = catalog.Commit(base2, [new MetadataUpdate.SetProperties(TestTables.Strings(("n", "1")))], []);
        Assert.IsType<CommitOutcome.Conflict>(late);
        Set("brotli");
        Assert.EndsWith("/v4.metadata.json", catalog.Load(TestTables.Events).MetadataLocation, StringComparison.Ordinal);
        // A codec that another engine may have set, and that is none here: plain, as without one.
        Set("none");
        Assert.EndsWith("/v5.metadata.json", catalog.Load(TestTables.Events).MetadataLocation, StringComparison.Ordinal);

        void Set(string codec) => committer.Commit(TestTables.Events, new SetTableProperties { Updates = TestTables.Strings((TableProperties.MetadataCodec, codec)) });
    }

    [Fact]
    public void ADropThatCannotDeleteSaysSoAndIsDoneAgain()
    {
        var faulty = new FaultyStore(store);
        var other = new FileCatalog(faulty, "memory://wh");
        catalog.Create(TestTables.Events, TestTables.Creation());
        committer.Commit(TestTables.Events, TestTables.Append(TestTables.File(catalog.Load(TestTables.Events), "a")));
        // A manifest and its list; a hint and the first version: two of the four go meanwhile.
        for (var at = 1; at <= 3; at++)
        {
            faulty.Arm(FaultyStore.Fault.FromThenOn, at);
            var error = Assert.Throws<EngineException>(() => other.Drop(TestTables.Events, purge: true));
            Assert.Equal(ErrorKind.Unavailable, error.Kind);
            Assert.Contains("is there still, but", error.Message, StringComparison.Ordinal);
            Assert.Contains("memory://wh/db/events/metadata/", error.Message, StringComparison.Ordinal);
            Assert.True(store.Exists("memory://wh/db/events/metadata/v2.metadata.json"));
        }
        faulty.Arm(FaultyStore.Fault.None, 0);
        Assert.True(other.Drop(TestTables.Events, purge: true));
        Assert.Empty(store.List("memory://wh/db/events/"));
        Assert.False(other.Drop(TestTables.Events, purge: true));
    }

    [SharedFact(Judge.Program)]
    public void IcebergJavaReadsAndChecksATableWhoseMetadataIsCompressed()
    {
        using var folder = new TempFolder();
        var store = new LocalStore(folder.Path);
        var catalog = new FileCatalog(store, store.Root);
        var committer = TestTables.Committer(catalog, store);
        catalog.Create(TestTables.Events, TestTables.Creation());
        committer.Commit(TestTables.Events, new SetTableProperties { Updates = TestTables.Strings((TableProperties.MetadataCodec, "GZIP")) });
        for (var n = 0; n < 3; n++) committer.Commit(TestTables.Events, new SetTableProperties { Updates = TestTables.Strings(("n", $"{n}")) });
        var table = catalog.Load(TestTables.Events);
        Assert.Equal(("2", true), (table.Metadata.Properties["n"], table.MetadataLocation.EndsWith("/v5.gz.metadata.json", StringComparison.Ordinal)));
        var (exit, output) = Judge.Run("check", Location.LocalPath(table.Metadata.Location));
        Assert.True(exit == 0, output);
    }

    [Fact]
    public void AWriterThatSleptWhileItsBaseWasRemovedFindsOutThatItsVersionIsNotTheTable()
    {
        catalog.Create(TestTables.Events, TestTables.Creation() with
        {
            Properties = TestTables.Strings((TableProperties.DeleteAfterCommit, "true"), (TableProperties.PreviousVersionsMax, "2")),
        });
        var slept = false;
        var store = new FaultyStore(this.store) { Changing = Sleep };
        var sleeper = new TableCommitter(new FileCatalog(store, "memory://wh"), store, sleepMs: _ => { });
        var result = sleeper.Commit(TestTables.Events, TestTables.Append(TestTables.File(catalog.Load(TestTables.Events), "ours")));
        Assert.True(slept);
        Assert.Equal(CommitStatus.Committed, result.Status);
        Assert.Equal(7, TestTables.LivePaths(catalog.Load(TestTables.Events), this.store).Count);
        Assert.Equal("memory://wh/db/events/metadata/v8.metadata.json", catalog.Load(TestTables.Events).MetadataLocation);

        void Sleep(string location)
        {
            if (slept || !location.EndsWith("/v2.metadata.json", StringComparison.Ordinal)) return;
            slept = true;
            for (var n = 0; n < 6; n++) committer.Commit(TestTables.Events, TestTables.Append(TestTables.File(catalog.Load(TestTables.Events), $"other{n}")));
        }
    }

    [Fact]
    public void OldVersionsGoWhereTheTableSaysSo()
    {
        catalog.Create(TestTables.Events, TestTables.Creation() with
        {
            Properties = TestTables.Strings(("write.metadata.delete-after-commit.enabled", "true"), ("write.metadata.previous-versions-max", "2")),
        });
        var stale = catalog.Load(TestTables.Events);
        for (var n = 0; n < 6; n++) committer.Commit(TestTables.Events, new SetTableProperties { Updates = TestTables.Strings(("n", $"{n}")) });
        Assert.Equal(["v5.metadata.json", "v6.metadata.json", "v7.metadata.json", "version-hint.text"], store.List("memory://wh/").Select(o => Location.NameOf(o.Location)).Order(StringComparer.Ordinal));
        Assert.IsType<CommitOutcome.Conflict>(catalog.Commit(stale, [new MetadataUpdate.SetProperties(TestTables.Strings(("x", "y")))], []));
    }

    [Theory]
    [InlineData("db", "..")]
    [InlineData("..", "t")]
    [InlineData("db", "a/b")]
    [InlineData("db", "")]
    [InlineData("db", "Upper")]
    [InlineData("db", "a b")]
    [InlineData("db", ".hidden")]
    [InlineData("db\n", "t")]
    public void EscapingNamesAreRefused(string space, string name) =>
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => catalog.TryLoad(new TableIdent([space], name))).Kind);

    [Fact]
    public void LooseNamesStillStayInTheirFolder()
    {
        var loose = new FileCatalog(store, "memory://wh", strictNames: false);
        loose.Create(new TableIdent(["My Db"], "Täble-1"), TestTables.Creation());
        Assert.NotNull(loose.TryLoad(new TableIdent(["My Db"], "Täble-1")));
        foreach (var bad in (string[])["..", "a/b", "", ".x", "a\\b", "a\0"])
            Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => loose.TryLoad(new TableIdent(["db"], bad))).Kind);
    }

    [Fact]
    public void ForeignLocationIsRefused() =>
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => catalog.Create(TestTables.Events, TestTables.Creation() with { Location = "memory://wh/else" })).Kind);

    [Fact]
    public void DamagedMetadataIsNamed()
    {
        catalog.Create(TestTables.Events, TestTables.Creation());
        store.Put("memory://wh/db/events/metadata/v2.metadata.json", "{\"format-version\":2"u8);
        var error = Assert.Throws<EngineException>(() => catalog.Load(TestTables.Events));
        Assert.Equal(ErrorKind.Corrupt, error.Kind);
        Assert.Contains("v2.metadata.json", error.Message, StringComparison.Ordinal);
    }
}
