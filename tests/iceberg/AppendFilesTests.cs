using K2I.Base;
using K2I.Columns;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

public sealed class AppendFilesTests
{
    private readonly MemoryStore store = new("memory://wh");
    private readonly FileCatalog catalog;
    private readonly TableCommitter committer;

    public AppendFilesTests()
    {
        catalog = new FileCatalog(store, "memory://wh");
        committer = TestTables.Committer(catalog, store);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void EntriesReadBackAsWritten(int version)
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation("bucket(4, id), name", version));
        var tuple = new PartitionTuple([SingleValue.OfInt(3), "x y"u8.ToArray()]);
        var file = TestTables.File(table, "a", 10, tuple) with { KeyMetadata = [1, 2], NanValueCounts = new Dictionary<int, long> { [1] = 0 }, SplitOffsets = [4, 900] };
        var landed = committer.Commit(TestTables.Events, TestTables.Append(file, TestTables.File(table, "b", 5, new PartitionTuple([null, null])))).Table;
        var entries = new ManifestReader(store).LiveEntries(landed.Metadata, landed.Metadata.CurrentSnapshot!).ToList();
        var entry = entries[0];
        Assert.Equal((EntryStatus.Added, landed.Metadata.CurrentSnapshotId, 1L, 1L), (entry.Status, entry.SnapshotId, entry.SequenceNumber, entry.FileSequenceNumber));
        Assert.Equal(tuple, entry.File.Partition);
        Assert.Equal(file.FilePath, entry.File.FilePath);
        Assert.Equal((file.RecordCount, file.FileSizeBytes, file.SortOrderId), (entry.File.RecordCount, entry.File.FileSizeBytes, entry.File.SortOrderId));
        Assert.Equal(file.ColumnSizes, entry.File.ColumnSizes);
        Assert.Equal(file.NanValueCounts, entry.File.NanValueCounts);
        Assert.Equal(file.LowerBounds![1], entry.File.LowerBounds![1]);
        Assert.Equal([4L, 900L], entry.File.SplitOffsets.ToArray());
        Assert.Equal([1, 2], entry.File.KeyMetadata!);
        Assert.Equal(version == 3 ? [0L, 10L] : new long?[] { null, null }, entries.Select(e => e.File.FirstRowId));
        var manifest = Assert.Single(new ManifestReader(store).Manifests(landed.Metadata, landed.Metadata.CurrentSnapshot!));
        Assert.Equal(new PartitionSummary(true, false, null, null) with { LowerBound = manifest.Partitions[0].LowerBound, UpperBound = manifest.Partitions[0].UpperBound }, manifest.Partitions[0]);
        Assert.Equal(SingleValue.OfInt(3), manifest.Partitions[0].LowerBound);
        Assert.Equal("x y"u8, manifest.Partitions[1].UpperBound!);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void ManifestsStayFewAndTotalsExact(int version)
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation(formatVersion: version) with { Properties = TestTables.Strings(("commit.manifest.min-count-to-merge", "5")) });
        long rows = 0;
        for (var n = 1; n <= 40; n++)
        {
            rows += n;
            table = committer.Commit(TestTables.Events, TestTables.Append(TestTables.File(table, $"f{n}", n))).Table;
            var snapshot = table.Metadata.CurrentSnapshot!;
            var manifests = new ManifestReader(store).Manifests(table.Metadata, snapshot);
            Assert.InRange(manifests.Count, 1, 5);
            Assert.Equal((n, rows), (int.Parse(snapshot.Summary["total-data-files"]), long.Parse(snapshot.Summary["total-records"])));
            Assert.Equal(("1", $"{n}"), (snapshot.Summary["added-data-files"], snapshot.Summary["added-records"]));
        }
        var entries = new ManifestReader(store).LiveEntries(table.Metadata, table.Metadata.CurrentSnapshot!).ToList();
        Assert.Equal(40, entries.Select(e => e.File.FilePath).Distinct().Count());
        foreach (var entry in entries)
        {
            var n = int.Parse(entry.File.FilePath.Split("/f")[1].Split('.')[0]);
            Assert.Equal((long)n, entry.SequenceNumber);
            Assert.Equal(table.Metadata.Snapshots[n - 1].SnapshotId, entry.SnapshotId);
        }
        if (version < 3) return;
        var ids = entries.SelectMany(e => Enumerable.Range(0, (int)e.File.RecordCount).Select(r => e.File.FirstRowId!.Value + r)).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.True(table.Metadata.NextRowId >= rows);
        Assert.All(entries, e => Assert.Equal(table.Metadata.Snapshots.First(s => s.SnapshotId == e.SnapshotId).FirstRowId, e.File.FirstRowId));
    }

    [Fact]
    public void ManifestsRollAtTheTargetSize()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation() with { Properties = TestTables.Strings(("commit.manifest.target-size-bytes", "20000"), ("commit.manifest-merge.enabled", "false")) });
        var landed = committer.Commit(TestTables.Events, TestTables.Append([.. Enumerable.Range(0, 2000).Select(i => TestTables.File(table, $"{i:x8}{i * 7919:x8}"))])).Table;
        var manifests = new ManifestReader(store).Manifests(landed.Metadata, landed.Metadata.CurrentSnapshot!);
        Assert.True(manifests.Count > 3);
        Assert.Equal(2000, manifests.Sum(m => m.AddedFiles));
        Assert.Equal(2000, TestTables.LivePaths(landed, store).Count);
    }

    [Fact]
    public void WrongFilesAreRefused()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        var good = TestTables.File(table, "a");
        foreach (var bad in (DataFile[][])[[good, good], [good with { RecordCount = 0 }], [good with { SpecId = 9 }], [good with { Content = FileContent.EqualityDeletes }], [good with { Partition = new PartitionTuple([null]) }]])
            Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => committer.Commit(TestTables.Events, TestTables.Append(bad))).Kind);
        Assert.DoesNotContain(store.List("memory://wh/"), o => o.Location.EndsWith(".avro", StringComparison.Ordinal));
    }

    [Fact]
    public void FileOfAnotherLengthStopsTheCommit()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        var file = TestTables.File(table, "a");
        AppendFiles Append() => new() { Files = [file], VerifyFiles = true };
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => committer.Commit(TestTables.Events, Append())).Kind);
        store.Put(file.FilePath, new byte[999]);
        Assert.Equal(ErrorKind.Fatal, Assert.Throws<EngineException>(() => committer.Commit(TestTables.Events, Append())).Kind);
        store.Put(file.FilePath, new byte[1000]);
        Assert.Equal(CommitStatus.Committed, committer.Commit(TestTables.Events, Append()).Status);
    }

    [Fact]
    public void WrongTotalsOfAnotherEngineAreMended()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        table = committer.Commit(TestTables.Events, TestTables.Append(TestTables.File(table, "a"))).Table;
        var lying = table.Metadata.CurrentSnapshot!;
        var wrong = table.Metadata with { Snapshots = [lying with { Summary = lying.Summary.SetItem("total-records", "3").SetItem("total-data-files", "77").Remove("total-files-size") }] };
        store.Put("memory://wh/db/events/metadata/v3.metadata.json", TableMetadataJson.ToBytes(wrong));
        var summary = committer.Commit(TestTables.Events, TestTables.Append(TestTables.File(table, "b"))).Table.Metadata.CurrentSnapshot!.Summary;
        Assert.Equal(("20", "2"), (summary["total-records"], summary["total-data-files"]));
        Assert.False(summary.ContainsKey("total-files-size"));
    }

    [Fact]
    public void FilesOfOldAndNewSpecsShareACommit()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation("bucket(4, id)"));
        table = committer.Commit(TestTables.Events, new UpdateSpec("day(ts), bucket(4, id)")).Table;
        Assert.Equal(1, table.Metadata.DefaultSpecId);
        Assert.Equal([1001, 1000], table.Metadata.DefaultSpec.Fields.Select(f => f.FieldId));
        var old = TestTables.File(table, "old", 1, new PartitionTuple([SingleValue.OfInt(1)])) with { SpecId = 0 };
        var fresh = TestTables.File(table, "new", 1, new PartitionTuple([SingleValue.OfInt(20000), SingleValue.OfInt(1)]));
        table = committer.Commit(TestTables.Events, TestTables.Append(old, fresh)).Table;
        Assert.Equal([0, 1], new ManifestReader(store).Manifests(table.Metadata, table.Metadata.CurrentSnapshot!).Select(m => m.SpecId).Order());
        Assert.Equal(CommitStatus.AlreadyDone, committer.Commit(TestTables.Events, new UpdateSpec("day(ts), bucket(4, id)")).Status);
        table = committer.Commit(TestTables.Events, new UpdateSpec("bucket(4, id)")).Table;
        Assert.Equal((0, 2), (table.Metadata.DefaultSpecId, table.Metadata.Specs.Length));
    }

    [Fact]
    public void EmptyAppendCarriesSummaryAndProperties()
    {
        catalog.Create(TestTables.Events, TestTables.Creation());
        var landed = committer.Commit(TestTables.Events, new AppendFiles { Summary = TestTables.Strings(("k2i.flush", "7")), Properties = TestTables.Strings(("k2i.state", "s")) }).Table;
        Assert.Equal("7", landed.Metadata.CurrentSnapshot!.Summary["k2i.flush"]);
        Assert.Equal("0", landed.Metadata.CurrentSnapshot!.Summary["total-records"]);
        Assert.Equal("s", landed.Metadata.Property("k2i.state"));
    }

    [Fact]
    public void SnapshotIdsFitADouble()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        for (var n = 0; n < 20; n++)
        {
            var action = TestTables.Append(TestTables.File(table, $"{n}"));
            committer.Commit(TestTables.Events, action);
            Assert.InRange(action.SnapshotId!.Value.Value, 1, (1L << 52) - 1);
        }
    }

    [Fact]
    public void SchemaEvolvesAtAnyDepth()
    {
        catalog.Create(TestTables.Events, TestTables.Creation("bucket(4, id)"));
        Schema Change(UpdateSchema change) => committer.Commit(TestTables.Events, change).Table.Metadata.CurrentSchema;
        var address = new StructType([new Field(0, "city", PrimitiveType.String, false), new Field(0, "geo", new StructType([new Field(0, "lat", PrimitiveType.Double, false)]), false)]);
        var schema = Change(new UpdateSchema().Add("", "address", address).Add("", "tags", ListType.Of(0, new StructType([new Field(0, "k", PrimitiveType.Int, false)]))));
        Assert.Equal((4, 5, 6, 7), (schema.FindByPath("address")!.Id, schema.FindByPath("address.city")!.Id, schema.FindByPath("address.geo")!.Id, schema.FindByPath("address.geo.lat")!.Id));
        Assert.Equal((8, 9, 10), (schema.FindByPath("tags")!.Id, schema.FindByPath("tags.element")!.Id, schema.FindByPath("tags.element.k")!.Id));
        schema = Change(new UpdateSchema().Add("address.geo", "lon", PrimitiveType.Double).Add("tags.element", "v", PrimitiveType.String).Widen("tags.element.k", PrimitiveType.Long).Rename("address.city", "town").MakeOptional("id").MoveFirst("ts").MoveAfter("name", "ts"));
        Assert.Equal((11, 12), (schema.FindByPath("address.geo.lon")!.Id, schema.FindByPath("tags.element.v")!.Id));
        Assert.Equal(PrimitiveType.Long, schema.FindByPath("tags.element.k")!.Type);
        Assert.Equal(5, schema.FindByPath("address.town")!.Id);
        Assert.Equal(["ts", "name", "id", "address", "tags"], schema.Fields.Select(f => f.Name));
        Assert.False(schema.FindByPath("id")!.Required);
        schema = Change(new UpdateSchema().Drop("address.geo").Add("", "geo", PrimitiveType.String));
        Assert.Equal(13, schema.FindByPath("geo")!.Id);
        Assert.Equal(CommitStatus.AlreadyDone, committer.Commit(TestTables.Events, new UpdateSchema().Add("", "geo", PrimitiveType.String).Drop("address.geo")).Status);
        foreach (var bad in (UpdateSchema[])
        [
            new UpdateSchema().Add("", "geo", PrimitiveType.Long), new UpdateSchema().Add("", "GEO", PrimitiveType.String), new UpdateSchema().Add("", "address.town", PrimitiveType.String),
            new UpdateSchema().Add("", "tags.element", PrimitiveType.String), new UpdateSchema().Add("", "ID_bucket", PrimitiveType.String),
            new UpdateSchema().Rename("name", "id_bucket"), new UpdateSchema().Add("address", "", PrimitiveType.Int),
            new UpdateSchema().Add("name", "x", PrimitiveType.Int),
            new UpdateSchema().Drop("id"), new UpdateSchema().Widen("name", PrimitiveType.Binary), new UpdateSchema().Widen("id", PrimitiveType.Int), new UpdateSchema().Rename("name", "ts"), new UpdateSchema().Rename("nothing", "x"),
        ])
            Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => committer.Commit(TestTables.Events, bad)).Kind);
        var final = catalog.Load(TestTables.Events).Metadata;
        Assert.Equal(4, final.Schemas.Length);
        Assert.Equal(13, final.LastColumnId);
    }

    [Fact]
    public void DottedNamesAreColumnsAtAnyDepthAndTheirPathsLeadToThem()
    {
        catalog.Create(TestTables.Events, TestTables.Creation());
        Schema Change(UpdateSchema change) => committer.Commit(TestTables.Events, change).Table.Metadata.CurrentSchema;
        static StructType Of(string name) => new([new Field(0, name, PrimitiveType.Int, false)]);
        var schema = Change(new UpdateSchema().Add("", "http", Of("x.y")).Add("", "http.method", PrimitiveType.String).Add("", "o.p", Of("q")));
        Assert.Equal(["x.y", "http.method", "q"], ((string[])["http.x.y", "http.method", "o.p.q"]).Select(p => schema.FindByPath(p)!.Name));
        schema = Change(new UpdateSchema().Widen("http.x.y", PrimitiveType.Long).Add("o.p", "r.s", PrimitiveType.Int).Rename("o.p.q", "t.u")
            .MoveFirst("http.method").MoveAfter("o.p.r.s", "t.u"));
        Assert.Equal(["http.method", "id", "name", "ts", "http", "o.p"], schema.Fields.Select(f => f.Name));
        var wide = schema.FindByPath("http.x.y")!;
        Assert.Equal((PrimitiveType.Long, "http.x.y"), (wide.Type, schema.PathOf(wide.Id)));
        Assert.Equal("struct<t.u: int, r.s: int>", schema.FindByPath("o.p")!.Type.ToString());
        Assert.Equal(CommitStatus.AlreadyDone, committer.Commit(TestTables.Events, new UpdateSchema().Rename("o.p.q", "t.u")).Status);
        schema = Change(new UpdateSchema().Drop("o.p.r.s").Drop("http.method"));
        Assert.Equal("struct<t.u: int>", schema.FindByPath("o.p")!.Type.ToString());
        var error = Assert.Throws<EngineException>(() => Change(new UpdateSchema().Add("http", "x", Of("y"))));
        Assert.Contains("two columns have the full name 'http.x.y'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATableGetsNoMoreColumnsThanTheLimitAndMayChangeStill()
    {
        var many = Enumerable.Range(1, ColumnNames.MaxColumns - 1).Select(i => new Field(i, $"c{i}", PrimitiveType.Int, false));
        catalog.Create(TestTables.Events, new TableCreation { Schema = Schema.Of([.. many]) });
        committer.Commit(TestTables.Events, new UpdateSchema().Add("", "last", PrimitiveType.Int));
        var more = new UpdateSchema().Add("", "more", PrimitiveType.Int);
        var error = Assert.Throws<EngineException>(() => committer.Commit(TestTables.Events, more));
        Assert.Contains("column 'more' is one too many: a table has at most 5000 columns", error.Message, StringComparison.Ordinal);
        committer.Commit(TestTables.Events, new UpdateSchema().Rename("last", "renamed").Widen("c1", PrimitiveType.Long));
    }

    [Fact]
    public void ATableOfOthersWithClashesMayChangeButGetsNoMoreOfThem()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation()).Metadata;
        var columns = new StructType([.. table.CurrentSchema.Fields, new Field(4, "ID", PrimitiveType.Int, false)]);
        var clashing = table with { Schemas = [table.CurrentSchema with { Struct = columns }], LastColumnId = 4 };
        new UpdateSchema().Add("", "more", PrimitiveType.Int).Widen("ID", PrimitiveType.Long).Check(clashing);
        new UpdateSchema().Rename("ID", "other").Check(clashing);
        var error = Assert.Throws<EngineException>(() => new UpdateSchema().Add("", "Name", PrimitiveType.Int).Check(clashing));
        Assert.Contains("column 'Name' differs from 'name' in case only", error.Message, StringComparison.Ordinal);
    }
}
