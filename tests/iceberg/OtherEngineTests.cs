using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Iceberg Java works on the same table between our commits, and between our attempts: ours stay in once, or the commit ends by a defined refusal.</summary>
[Collection(RestFixture.Collection)]
public sealed class OtherEngineTests(RestFixture rest)
{
    private readonly TableIdent table = rest.NewTable();

    public static TheoryData<string> Harmless =>
    [
        "append T --rows 5 --seed 1",
        "compact T",
        "rewrite-manifests T",
        "empty T",
        "set T some.property=1",
        "tag T kept",
        "add-column T extra long",
    ];

    [SharedTheory(RestServer.Program)]
    [MemberData(nameof(Harmless))]
    public void WorkOfOthersBetweenAttemptsLosesAndDoublesNothing(string operation)
    {
        using var catalog = rest.Server.Open();
        var run = new RestRun(catalog, new LocalStore(rest.Server.Warehouse), table);
        run.Append();
        run.Append();
        var worked = 0;
        var result = run.Append(run.Action(() =>
        {
            if (worked++ == 0) Op(operation);
        }));
        Assert.Equal(CommitStatus.Committed, result.Status);
        Op(operation.Replace("extra", "extra2", StringComparison.Ordinal).Replace("kept", "kept2", StringComparison.Ordinal));
        run.Append();
        RequireRows(run, operation.StartsWith("append", StringComparison.Ordinal) ? 50 : 40);
    }

    [SharedFact(RestServer.Program)]
    public void ExpiredSnapshotsLeaveTheOffsetInTheProperty()
    {
        using var catalog = rest.Server.Open();
        var run = new RestRun(catalog, new LocalStore(rest.Server.Warehouse), table);
        run.Append();
        rest.Server.Fail("""{"do":"apply-drop"}""");
        var asked = 0;
        // Our commit lands, its answer is lost, and before anyone looks another engine compacts and expires our snapshot.
        var action = run.Action(() => asked++);
        using var deaf = rest.Server.Open();
        var committer = new TableCommitter(new DeafCatalog(deaf), new LocalStore(rest.Server.Warehouse), new CommitOptions { MinWaitMs = 1, MaxWaitMs = 1, StatusChecks = 1 });
        Assert.Equal(ErrorKind.Unknown, Assert.Throws<EngineException>(() => committer.Commit(table, action)).Kind);
        Op("compact T");
        Op("expire T --keep 1");
        Assert.Null(run.Table.Metadata.FindSnapshot(action.SnapshotId!.Value));
        var result = run.Append(action);
        Assert.Equal((CommitStatus.AlreadyDone, true), (result.Status, result.MayHaveLanded));
        run.Append();
        RequireRows(run, 30);
    }

    [SharedFact(RestServer.Program)]
    public void RollbackIsRefusedByTheFence()
    {
        using var catalog = rest.Server.Open();
        var run = new RestRun(catalog, new LocalStore(rest.Server.Warehouse), table);
        run.Append();
        run.Append();
        Op("rollback T --back 1");
        var result = run.Committer.Commit(table, run.Action());
        Assert.Equal((CommitStatus.Aborted, false), (result.Status, result.MayHaveLanded));
        Assert.Equal(1, RestRun.OffsetOf(run.Table));
    }

    [SharedTheory(RestServer.Program)]
    [InlineData("recreate T", ErrorKind.NotFound)]
    [InlineData("drop T", ErrorKind.NotFound)]
    public void ReplacedOrDroppedTableEndsTheCommit(string operation, object kind)
    {
        using var catalog = rest.Server.Open();
        var run = new RestRun(catalog, new LocalStore(rest.Server.Warehouse), table);
        run.Append();
        var worked = 0;
        var action = run.Action(() =>
        {
            if (worked++ == 0) Op(operation);
        });
        Assert.Equal((ErrorKind)kind, Assert.Throws<EngineException>(() => run.Committer.Commit(table, action)).Kind);
        Assert.False(action.MayHaveLanded);
    }

    private void Op(string operation) => rest.Judge.Do(["op", .. operation.Replace(" T", $" {table}", StringComparison.Ordinal).Split(' '), "--catalog", "rest", "--uri", rest.Server.Uri]);

    private void RequireRows(RestRun run, long rows)
    {
        rest.Judge.Do(["check", .. rest.Judged(table)]);
        Assert.Equal($"{rows}", run.Table.Metadata.CurrentSnapshot!.Summary[SummaryKeys.TotalRecords]);
    }

    /// <summary>After a commit nobody can be asked any more.</summary>
    private sealed class DeafCatalog(ICatalog inner) : ICatalog
    {
        private bool sent;

        public Table Load(TableIdent ident) => sent ? throw new EngineException(ErrorKind.Unavailable, "away") : inner.Load(ident);

        public Table? TryLoad(TableIdent ident) => Load(ident);

        public Table Create(TableIdent ident, TableCreation creation) => inner.Create(ident, creation);

        public CommitOutcome Commit(Table current, System.Collections.Immutable.ImmutableArray<MetadataUpdate> updates, System.Collections.Immutable.ImmutableArray<TableRequirement> requirements)
        {
            sent = true;
            return inner.Commit(current, updates, requirements);
        }

        public bool Drop(TableIdent ident, bool purge) => inner.Drop(ident, purge);

        public IEnumerable<System.Collections.Immutable.ImmutableArray<string>> ListNamespaces() => inner.ListNamespaces();

        public IEnumerable<TableIdent> ListTables(System.Collections.Immutable.ImmutableArray<string> inNamespace) => inner.ListTables(inNamespace);
    }
}
