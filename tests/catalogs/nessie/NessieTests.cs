using K2I.Base;
using K2I.Catalogs.Nessie;
using K2I.Storage;

namespace K2I.Catalogs.Tests;

/// <summary>The contract, kept through a stand-in for a Nessie server.</summary>
public sealed class NessieContractTests : PointerContract, IDisposable
{
    private readonly FakeNessie server = new();

    protected override IObjectStore Store { get; } = new MemoryStore("memory://wh");

    public void Dispose() => server.Dispose();

    protected override IPointers Open() =>
        new NessiePointers(new NessieOptions { Server = new() { Uri = server.Uri }, Warehouse = "memory://wh" });
}

/// <summary>What only Nessie has: commits known by a mark, references that are only looked at.</summary>
public sealed class NessieTests : IDisposable
{
    private readonly FakeNessie server = new();
    private readonly MemoryStore store = new("memory://wh");
    private readonly PointerCatalog catalog;

    public NessieTests() => catalog = Open();

    public void Dispose() => server.Dispose();

    [Fact]
    public void TablesAreNotDeletedFromAndLieInFoldersOfTheirOwn()
    {
        var table = catalog.Create(TableIdent.Parse("a.b.t"), TestTables.Creation());
        Assert.Equal("false", table.Metadata.Property(TableProperties.GarbageCollection));
        Assert.StartsWith("memory://wh/a/b/t_", table.Metadata.Location, StringComparison.Ordinal);
        Assert.Equal(["k2i: create namespace a", "k2i: create namespace a.b", "k2i: create a.b.t"], server.Messages);
    }

    [Fact]
    public void ACommitWithoutAnAnswerIsKnownByItsMarkThoughHistoryWasCut()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        server.Losing = change =>
        {
            change();
            Replace(table.Metadata);
        };
        Assert.IsType<CommitOutcome.Committed>(Set(table, "1"));
    }

    [Fact]
    public void ACommitThatDidNotArriveBeforeAnotherNeverLands()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        server.Losing = _ => Replace(table.Metadata);
        Assert.IsType<CommitOutcome.Conflict>(Set(table, "1"));
    }

    [Fact]
    public void ACommitThatMayStillArriveIsUnknown()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        server.Losing = _ => { };
        Assert.IsType<CommitOutcome.Unknown>(Set(table, "1"));
        Assert.IsType<CommitOutcome.Committed>(Set(table, "1"));
    }

    [Theory]
    [InlineData("nope", ErrorKind.NotFound)]
    [InlineData("main@1234", ErrorKind.NotFound)]
    public void AReferenceThatIsNotThereIsSaidSo(string reference, object kind) =>
        Assert.Equal((ErrorKind)kind, Assert.Throws<EngineException>(() => Open(reference).TryLoad(TestTables.Events)).Kind);

    [Fact]
    public void ABranchAsItWasIsReadOnly()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        var hash = server.Answer("POST", "/trees/main/contents", "", """{"requestedKeys":[]}""").Body["effectiveReference"]!["hash"]!;
        Assert.IsType<CommitOutcome.Committed>(Set(table, "1"));
        var earlier = Open($"main@{hash}");
        Assert.Null(earlier.Load(TestTables.Events).Metadata.Property("k"));
        Assert.Equal(ErrorKind.Unsupported, Assert.Throws<EngineException>(() => earlier.Drop(TestTables.Events, purge: false)).Kind);
    }

    [Fact]
    public void ALoginThatIsRefusedIsDeniedAndNotRepeated()
    {
        server.Token = "right";
        var wrong = Connect("secret-token");
        var error = Assert.Throws<EngineException>(() => wrong.Find(TestTables.Events));
        Assert.Equal(ErrorKind.Denied, error.Kind);
        Assert.DoesNotContain("secret-token", error.Message, StringComparison.Ordinal);
        var right = Connect("right");
        Assert.Null(right.Find(TestTables.Events));
    }

    [Fact]
    public void TokensAreFetchedForACredentialAndAnewWhenRefused()
    {
        server.Token = "first-token";
        using var pointers = new NessiePointers(new NessieOptions
        {
            Server = new() { Uri = server.Uri, Credential = "me:a-secret", Scope = null, OAuth2ServerUri = server.Uri + "/login" },
            Warehouse = "memory://wh",
        });
        Assert.Null(pointers.Find(TestTables.Events));
        Assert.Null(pointers.Find(TestTables.Events));
        Assert.Equal(["grant_type=client_credentials&client_id=me&client_secret=a-secret"], server.Logins);
        server.Token = "second-token";
        Assert.Null(pointers.Find(TestTables.Events));
        Assert.Equal(2, server.Logins.Count);
    }

    private PointerCatalog Open(string reference = "main") =>
        new(Connect(reference: reference), store);

    private NessiePointers Connect(string? token = null, string reference = "main") =>
        new(new NessieOptions { Server = new() { Uri = server.Uri, Token = token }, Warehouse = "memory://wh", Reference = reference });

    private CommitOutcome Set(Table table, string value) =>
        catalog.Commit(table, [new MetadataUpdate.SetProperties(TestTables.Strings(("k", value)))], []);

    /// <summary>A commit as Nessie's REST side makes them: metadata that knows nothing of what was before.</summary>
    private void Replace(TableMetadata table)
    {
        var other = $"{table.Location}/metadata/00000-other.metadata.json";
        store.Put(other, TableMetadataJson.ToBytes(table));
        using var pointers = Connect();
        var now = pointers.Find(TestTables.Events)!;
        Assert.True(pointers.Swap(new Table(TestTables.Events, table, now), new Table(TestTables.Events, table, other)));
    }
}
