using System.Net;
using System.Net.Sockets;
using K2I.Base;
using K2I.Catalogs.Hive;
using K2I.Columns;
using K2I.Storage;

namespace K2I.Catalogs.Tests;

/// <summary>What only a metastore has: another engine at it, lost answers on its wire, several servers, locks, what is refused.</summary>
public sealed class HivePointersTests(HiveFixture hive) : IClassFixture<HiveFixture>
{
    private readonly string prefix = hive.NewPrefix();

    private TableIdent Events => TableIdent.Parse($"{prefix}db.events");

    private string[] AtHive => ["--catalog", "hive", "--uri", hive.Uri, "--warehouse", "file://" + hive.Warehouse];

    [SharedFact(HiveServer.Program)]
    public void AnotherEngineReadsAndChangesTheTableInBetween()
    {
        using var pointers = new HivePointers(hive.Options);
        var store = new LocalStore(hive.Warehouse);
        var catalog = new PointerCatalog(pointers, store);
        var committer = TestTables.Committer(catalog, store);
        var fields = TestTables.EventSchema.Fields.AddRange(
            new Field(4, "amount", PrimitiveType.Decimal(20, 2), false),
            new Field(5, "tags", new ListType(new Field(6, "element", PrimitiveType.String, false)), false),
            new Field(7, "at", new StructType([new Field(8, "day", PrimitiveType.Date, false),
                new Field(9, "id", PrimitiveType.Uuid, false)]), false));
        var creation = new TableCreation { Schema = Schema.Of([.. fields]) };
        catalog.Create(Events, creation);
        Judge.Do(["op", "append", $"{Events}", "--rows", "5", "--seed", "1", .. AtHive]);
        committer.Commit(Events, new SetTableProperties { Updates = TestTables.Strings(("a", "1"), ("gc.enabled", "true")) });
        Judge.Do(["op", "append", $"{Events}", "--rows", "3", "--seed", "2", "--first-id", "100", .. AtHive]);
        committer.Commit(Events, new UpdateSchema().Add("", "extra", PrimitiveType.Long));
        Judge.Do(["op", "rename-column", $"{Events}", "extra", "more", .. AtHive]);
        Judge.Do(["check", $"{Events}", .. AtHive]);
        Assert.Contains("8", Judge.Do(["count", $"{Events}", .. AtHive]), StringComparison.Ordinal);
        var table = catalog.Load(Events);
        Assert.Equal(("more", "1", "8"),
            (table.Metadata.CurrentSchema.Fields[^1].Name, table.Metadata.Property("a"),
            table.Metadata.CurrentSnapshot!.Summary["total-records"]));

        // And a table that the other engine made.
        var theirs = TableIdent.Parse($"{prefix}db.theirs");
        Judge.Do(["op", "create", $"{theirs}", "--schema", "id long!, name string", .. AtHive]);
        var made = catalog.Load(theirs);
        committer.Commit(theirs, new SetTableProperties { Updates = TestTables.Strings(("b", "2")) });
        Judge.Do(["op", "append", $"{theirs}", "--rows", "2", "--seed", "3", .. AtHive]);
        Assert.Equal("2", catalog.Load(theirs).Metadata.Property("b"));
        Assert.Equal(made.Metadata.Uuid, catalog.Load(theirs).Metadata.Uuid);
        Assert.Equal([Events, theirs], catalog.ListTables([$"{prefix}db"]).OrderBy(t => t.Name, StringComparer.Ordinal));
    }

    [SharedFact(HiveServer.Program)]
    public void TheMetastoreShowsWhatIcebergJavaWouldPutThere()
    {
        using var pointers = new HivePointers(hive.Options);
        var store = new LocalStore(hive.Warehouse);
        var catalog = new PointerCatalog(pointers, store);
        var (ours, theirs) = (Events, TableIdent.Parse($"{prefix}db.theirs"));
        var first = catalog.Create(ours, TestTables.Creation("day(ts)"));
        TestTables.Committer(catalog, store).Commit(ours,
            new SetTableProperties { Updates = TestTables.Strings(("gc.enabled", "true"), ("write.format.default", "parquet")) });
        Judge.Do(["op", "create", $"{theirs}", "--schema", "id long!, name string, ts timestamptz", "--spec", "day(ts)", .. AtHive]);
        Judge.Do(["op", "set", $"{theirs}", "gc.enabled=true", .. AtHive]);
        using var client = new HiveClient(hive.Options);
        var (our, their) = (Raw(client, ours), Raw(client, theirs));
        Assert.Equal(first.MetadataLocation, our.Map(9)["previous_metadata_location"]);
        var missing = their.Map(9).Keys.Except(our.Map(9).Keys).Where(k => !k.StartsWith("write.", StringComparison.Ordinal));
        Assert.Equal([], missing);
        foreach (var same in (string[])["EXTERNAL", "table_type", "external.table.purge", "snapshot-count", "default-partition-spec"])
            Assert.Equal(their.Map(9)[same], our.Map(9)[same]);
        Assert.Equal(their.Text(12), our.Text(12));
        Assert.Equal(Columns(their), Columns(our));
        foreach (short of in (short[])[3, 4]) Assert.Equal(their.Struct(7)!.Text(of), our.Struct(7)!.Text(of));
        Assert.Equal(their.Struct(7)!.Struct(7)!.Text(2), our.Struct(7)!.Struct(7)!.Text(2));
    }

    [SharedTheory(HiveServer.Program)]
    [InlineData(false)]
    [InlineData(true)]
    public void AnswersLostOnTheWireAreFoundOut(bool locks)
    {
        using var cutter = new CallCutter(hive.Uri);
        using var pointers = new HivePointers(hive.Options with { Servers = HiveOptions.ServersOf(cutter.Uri), Locks = locks });
        using var straight = new HivePointers(hive.Options);
        var store = new LocalStore(hive.Warehouse);
        var catalog = new PointerCatalog(pointers, store);
        cutter.CutNext("create_table", afterItTookEffect: true);
        var table = catalog.Create(Events, TestTables.Creation());
        Assert.Equal(table.MetadataLocation, straight.Find(Events));

        cutter.CutNext("alter_table", afterItTookEffect: true);
        table = Assert.IsType<CommitOutcome.Committed>(Set(catalog, table, "1")).Table;
        Assert.Equal(table.MetadataLocation, straight.Find(Events));

        cutter.CutNext("alter_table", afterItTookEffect: false);
        Assert.IsType<CommitOutcome.Unknown>(Set(catalog, table, "2"));
        Assert.Equal(table.MetadataLocation, straight.Find(Events));
        Assert.IsType<CommitOutcome.Committed>(Set(catalog, catalog.Load(Events), "3"));

        cutter.CutNext("get_table", afterItTookEffect: true);
        Assert.Equal("3", catalog.Load(Events).Metadata.Property("k"));

        cutter.CutNext("drop_table", afterItTookEffect: true);
        Assert.Equal(ErrorKind.Unknown, Assert.Throws<EngineException>(() => catalog.Drop(Events, purge: false)).Kind);
        Assert.Null(straight.Find(Events));
        Assert.Equal(5, cutter.Cuts);
    }

    [SharedFact(HiveServer.Program)]
    public void TheNextServerIsAskedWhereOneDoesNotAnswer()
    {
        var servers = HiveOptions.ServersOf($"thrift://127.0.0.1:{LocalPort.Free()},{hive.Uri}");
        using var pointers = new HivePointers(hive.Options with { Servers = servers });
        Assert.Contains(pointers.ListNamespaces(), n => n is ["default"]);
        using var away = new HivePointers(hive.Options with { Servers = HiveOptions.ServersOf($"thrift://127.0.0.1:{LocalPort.Free()}") });
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(() => away.Find(Events)).Kind);
    }

    [SharedFact(HiveServer.Program)]
    public void ALockThatAnotherHoldsIsWaitedForUntilAStop()
    {
        using var pointers = new HivePointers(hive.Options);
        using var client = new HiveClient(hive.Options);
        var catalog = new PointerCatalog(pointers, new LocalStore(hive.Warehouse));
        var table = catalog.Create(Events, TestTables.Creation());
        CommitOutcome? outcome = null;
        using (HiveLock.Take(client, Events.Namespace[0], Events.Name, hive.Options, SystemClock.Instance))
        {
            using var scope = new CallScope(SystemClock.Instance);
            scope.End();
            EngineException? stopped = null;
            var waiting = new Thread(() =>
            {
                using var entered = scope.Enter();
                stopped = Record.Exception(() => Set(catalog, table, "1")) as EngineException;
            });
            waiting.Start();
            waiting.Join();
            Assert.Equal(ErrorKind.Unavailable, stopped?.Kind);
            var late = hive.Options with { LockTimeoutMs = 1 };
            using var impatient = new HivePointers(late);
            var refused = Assert.Throws<EngineException>(() =>
                Set(new PointerCatalog(impatient, new LocalStore(hive.Warehouse)), table, "1"));
            Assert.Equal(ErrorKind.Unavailable, refused.Kind);
            Assert.Contains("is held by another", refused.Message, StringComparison.Ordinal);
            outcome = Set(new PointerCatalog(new HivePointers(hive.Options with { Locks = false }), new LocalStore(hive.Warehouse)),
                table, "2");
        }
        table = Assert.IsType<CommitOutcome.Committed>(outcome).Table;
        Assert.IsType<CommitOutcome.Committed>(Set(catalog, table, "3"));
    }

    [Fact]
    public void ServersThatDemandALoginAreToldApart()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var thread = new Thread(() =>
        {
            using var client = listener.AcceptTcpClient();
            client.GetStream().ReadExactly(new byte[5]);
            // What a SASL server says to what is no SASL: status 3 (bad), and a text.
            client.GetStream().Write([3, 0, 0, 0, 5, (byte)'w', (byte)'r', (byte)'o', (byte)'n', (byte)'g']);
            while (client.GetStream().Read(new byte[64]) > 0)
            {
            }
        });
        thread.Start();
        using var pointers = new HivePointers(new HiveOptions { Servers = [("127.0.0.1", port)], Warehouse = "file:///w" });
        var error = Assert.Throws<EngineException>(() => pointers.Find(Events));
        thread.Join();
        Assert.Equal(ErrorKind.Unavailable, error.Kind);
        Assert.Contains("Kerberos (SASL) is not something this build can do", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("thrift://a:1,thrift://b", "a:1 b:9083")]
    [InlineData(" thrift://a:1 , thrift://b:2/ ", "a:1 b:2")]
    public void ServersAreReadFromTheirAddresses(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', HiveOptions.ServersOf(text).Select(s => $"{s.Host}:{s.Port}")));

    [Theory]
    [InlineData("")]
    [InlineData("a:1")]
    [InlineData("http://a:1")]
    [InlineData("thrift://user@a:1")]
    [InlineData("thrift://a:1/x")]
    public void WhatIsNoAddressIsRefused(string text) =>
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => HiveOptions.ServersOf(text)).Kind);

    private static ThriftStruct Raw(HiveClient client, TableIdent ident) => client.Ask("get_table_req",
        new ThriftStruct().Set(1, new ThriftStruct().Set(1, ident.Namespace[0]).Set(2, ident.Name))).Struct(0)!.Struct(1)!;

    private static IEnumerable<(string?, string?)> Columns(ThriftStruct table) =>
        table.Struct(7)!.Structs(1).Select(c => (c.Text(1), c.Text(2)));

    private static CommitOutcome Set(ICatalog catalog, Table table, string value) =>
        catalog.Commit(table, [new MetadataUpdate.SetProperties(TestTables.Strings(("k", value)))], []);
}
