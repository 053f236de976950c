using System.Collections.Immutable;
using System.Text.Json.Nodes;
using K2I.Base;
using K2I.Catalogs.Glue;
using K2I.Cloud;
using K2I.Columns;
using K2I.Storage;

namespace K2I.Catalogs.Tests;

/// <summary>The catalog in Glue; each test has databases of its own.</summary>
[NeedsShared(GlueServer.Program)]
public sealed class GlueCatalogTests(GlueCatalogTests.Server server) : PointerContract, IClassFixture<GlueCatalogTests.Server>, IDisposable
{
    private readonly List<IDisposable> opened = [];

    protected override IObjectStore Store { get; } = new MemoryStore("memory://wh");

    protected override string Prefix { get; } = $"t{Guid.NewGuid():N}"[..12] + "_";

    protected override bool NamespacesNest => false;

    protected override IPointers Open()
    {
        var pointers = new GluePointers(Options);
        opened.Add(pointers);
        return pointers;
    }

    public void Dispose() => opened.ForEach(p => p.Dispose());

    private GlueOptions Options => OptionsAt(server.Uri, "memory://wh/");

    private static GlueOptions OptionsAt(Uri endpoint, string warehouse) => new()
    {
        Endpoint = endpoint,
        Signer = new AwsSigner(new S3Options { Region = "us-east-1", AccessKeyId = "test", SecretAccessKey = "testtest" }, "glue"),
        Warehouse = warehouse,
    };

    [ContractFact]
    public void DatabaseAndColumnsAreThereForAthena()
    {
        var dates = new ListType(new Field(7, "element", PrimitiveType.Date, false));
        var inner = new StructType([new Field(5, "a", PrimitiveType.Int, false), new Field(6, "b", dates, false)]);
        var schema = TestTables.EventSchema with
        {
            Struct = new StructType([.. TestTables.EventSchema.Fields, new Field(4, "s", inner, false),
                new Field(8, "d", PrimitiveType.Decimal(9, 2), false)]),
        };
        var table = Catalog.Create(Events, new TableCreation { Schema = schema });
        TestTables.Committer(Catalog, Store).Commit(Events, new UpdateSchema().Drop("name"));
        Assert.Equal($"memory://wh/{Events.Namespace[0]}.db/events", table.Metadata.Location);
        var glue = Get();
        Assert.Equal("EXTERNAL_TABLE", (string?)glue["TableType"]);
        Assert.Equal(table.Metadata.Location, (string?)glue["StorageDescriptor"]!["Location"]);
        var columns = glue["StorageDescriptor"]!["Columns"]!.AsArray();
        Assert.Equal(["id bigint", "ts timestamp", "s struct<a:int,b:array<date>>", "d decimal(9,2)", "name string"],
            columns.Select(c => $"{c!["Name"]} {c["Type"]}"));
        Assert.Equal(["true", "true", "true", "true", "false"], columns.Select(c => (string?)c!["Parameters"]!["iceberg.field.current"]));
        Assert.Equal(Other.Load(Events).MetadataLocation, (string?)glue["Parameters"]!["metadata_location"]);
        Assert.Equal(table.MetadataLocation, (string?)glue["Parameters"]!["previous_metadata_location"]);
        Assert.Equal("ICEBERG", (string?)glue["Parameters"]!["table_type"]);
    }

    [ContractFact]
    public void WhatOthersSaidOfATableStays()
    {
        Catalog.Create(Events, TestTables.Creation());
        var input = Get();
        string[] given = ["Name", "TableType", "Parameters", "StorageDescriptor"];
        foreach (var name in input.Select(p => p.Key).Except(given).ToList()) input.Remove(name);
        input["Description"] = "all of it";
        input["Parameters"]!["classification"] = "parquet";
        Call("UpdateTable", new() { ["DatabaseName"] = Events.Namespace[0], ["TableInput"] = input });
        TestTables.Committer(Catalog, Store).Commit(Events, new SetTableProperties { Updates = TestTables.Strings(("k", "v")) });
        Assert.Equal("all of it", (string?)Get()["Description"]);
        Assert.Equal("parquet", (string?)Get()["Parameters"]!["classification"]);
        Assert.Equal("v", Other.Load(Events).Metadata.Property("k"));
    }

    [ContractFact]
    public void TablesThatAreNotIcebergsAreNone()
    {
        Catalog.Create(Events, TestTables.Creation());
        Call("CreateTable", new() { ["DatabaseName"] = Events.Namespace[0], ["TableInput"] = new JsonObject { ["Name"] = "csv" } });
        Assert.Equal([Events], Other.ListTables(Events.Namespace));
        Assert.Equal(ErrorKind.Unsupported, Assert.Throws<EngineException>(() => Other.TryLoad(Events with { Name = "csv" })).Kind);
        Assert.Equal(ErrorKind.AlreadyExists, Assert.Throws<EngineException>(() => Catalog.Create(Events, TestTables.Creation())).Kind);
    }

    [ContractFact]
    public void NamesThatAthenaCannotReadAreRefused()
    {
        foreach (var name in (string[])["db.Events", "d-b.events", "db.ev ents"])
        {
            var error = Assert.Throws<EngineException>(() => Catalog.Create(TableIdent.Parse(name), TestTables.Creation()));
            Assert.Equal(ErrorKind.Invalid, error.Kind);
        }
    }

    [ContractFact]
    public void ServersThatFailOrRefuseAreToldApart()
    {
        using var proxy = new FaultProxy(server.Uri.ToString());
        using var pointers = new GluePointers(OptionsAt(new Uri(proxy.Uri), "memory://wh"));
        var catalog = new PointerCatalog(pointers, Store);
        var table = catalog.Create(Events, TestTables.Creation());
        (string Fault, ErrorKind Kind)[] faults =
        [
            ("\"status\",\"status\":503", ErrorKind.Unavailable), ("\"drop-after\"", ErrorKind.Unavailable),
            ("\"status\",\"status\":400,\"body\":\"{\\\"__type\\\":\\\"ThrottlingException\\\"}\"", ErrorKind.Unavailable),
            ("\"status\",\"status\":400,\"body\":\"{\\\"__type\\\":\\\"com.amazonaws#AccessDeniedException\\\"}\"", ErrorKind.Denied),
        ];
        foreach (var (fault, kind) in faults)
        {
            proxy.Fail($"{{\"fault\":{fault},\"header\":{{\"x-amz-target\":\"GetTable\"}}}}");
            Assert.Equal(kind, Assert.Throws<EngineException>(() => catalog.TryLoad(Events)).Kind);
            proxy.NoFaults();
        }
        foreach (var fault in (string[])["\"drop-after\"", "\"status-after\",\"status\":500"])
        {
            proxy.Fail($"{{\"fault\":{fault},\"header\":{{\"x-amz-target\":\"UpdateTable\"}}}}");
            var set = ImmutableArray.Create<MetadataUpdate>(new MetadataUpdate.SetProperties(TestTables.Strings(("k", fault))));
            table = Assert.IsType<CommitOutcome.Committed>(catalog.Commit(table, set, [])).Table;
            proxy.NoFaults();
            Assert.Equal(table.MetadataLocation, Other.Load(Events).MetadataLocation);
        }
    }

    [ContractFact]
    public void PyIcebergSeesAndChangesTheSameTable()
    {
        using var folder = new TempFolder();
        var store = new LocalStore(folder.Path);
        var glue = new PointerCatalog(new GluePointers(OptionsAt(server.Uri, store.Root)), store);
        glue.Create(Events, TestTables.Creation());
        string Py(string what) => PythonEngine.Run($$"""
            from pyiceberg.catalog.glue import GlueCatalog
            import pyarrow as pa
            c = GlueCatalog("g", **{"glue.endpoint": "{{server.Uri}}", "glue.region": "us-east-1", "glue.access-key-id": "test",
                "glue.secret-access-key": "testtest", "warehouse": "{{store.Root}}"})
            t = c.load_table("{{Events}}")
            {{what}}
            """);
        Assert.Equal("3", Py("print(len(t.schema().fields))"));
        Py("t.append(pa.table({'id': [1, 2]}, schema=pa.schema([pa.field('id', pa.int64(), False)])))");
        Assert.Equal("2", glue.Load(Events).Metadata.CurrentSnapshot!.Summary["total-records"]);
        TestTables.Committer(glue, store).Commit(Events, new UpdateSchema().Add("", "more", PrimitiveType.Long));
        Assert.Equal("more 2", Py("print(t.schema().fields[-1].name, t.scan().to_arrow().num_rows)"));
        Py($"c.create_table('{Events.Namespace[0]}.theirs', t.schema(), location='{store.Root}/theirs')");
        var theirs = Events with { Name = "theirs" };
        TestTables.Committer(glue, store).Commit(theirs, new SetTableProperties { Updates = TestTables.Strings(("k", "v")) });
        Assert.Equal([Events, theirs], glue.ListTables(Events.Namespace).OrderBy(t => t.Name, StringComparer.Ordinal));
    }

    public sealed class Server : IDisposable
    {
        private readonly Lazy<GlueServer> running = new(() => new GlueServer(PythonEngine.Environment!));

        internal Uri Uri => new(running.Value.Uri);

        public void Dispose()
        {
            if (running.IsValueCreated) running.Value.Dispose();
        }
    }

    private JsonObject Get() =>
        Call("GetTable", new() { ["DatabaseName"] = Events.Namespace[0], ["Name"] = "events" })["Table"]!.DeepClone().AsObject();

    private JsonObject Call(string operation, JsonObject input)
    {
        using var client = new GlueClient(Options);
        var answer = client.Call(operation, input, changes: false);
        Assert.Null(answer.Error);
        return JsonNode.Parse(answer.Body.GetRawText())!.AsObject();
    }
}
