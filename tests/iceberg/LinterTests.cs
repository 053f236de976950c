using System.Collections.Immutable;

using K2I.Avro;
using K2I.Columns;
using K2I.Memory;
using K2I.Storage;

using Xunit.Abstractions;

namespace K2I.Iceberg.Tests;

/// <summary>Tables broken on purpose, one way at a time: the rule that is meant speaks. Clean ones: none does.</summary>
[Collection(JudgeTables.Collection)]
public sealed class LinterTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly LocalStore store;
    private readonly TableCommitter committer;
    private readonly JudgeTables judge;
    private readonly ITestOutputHelper output;

    public LinterTests(JudgeTables judge, ITestOutputHelper output)
    {
        (this.judge, this.output) = (judge, output);
        store = new LocalStore(folder.Path);
        committer = TestTables.Committer(new FileCatalog(store, store.Root), store);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void ACleanTableHasNoFindings(int version) => Assert.Empty(Lint(Make(version), new LintOptions { Deep = true, Orphans = true }));

    [SharedFact(Judge.Program)]
    public void TablesOfIcebergJavaRaiseNoFalseAlarm()
    {
        var store = judge.Store();
        var alarms = new List<string>();
        var count = 0;
        foreach (var folder in Directory.GetDirectories(Path.Join(judge.Warehouse, "t")).Order(StringComparer.Ordinal))
        {
            count++;
            alarms.AddRange(new TableLinter(store).Check(judge.Load(Path.GetFileName(folder)), new LintOptions { Deep = true })
                .Where(f => f.Rule != "not-checked" && f.Rule != "delete-dangling" && f.Rule != "metadata-log").Select(f => $"{Path.GetFileName(folder)}: {f}"));
        }
        output.WriteLine($"{count} tables");
        Assert.True(alarms.Count == 0, string.Join('\n', alarms.Take(40)));
    }

    [SharedFact("data/iceberg/tables")]
    public void TablesOfOtherEnginesRaiseNoFalseAlarm()
    {
        var root = Shared.Need("data/iceberg/tables");
        var alarms = new List<string>();
        var count = 0;
        foreach (var metadata in Directory.GetDirectories(root, "metadata", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var file = Directory.GetFiles(metadata, "*.metadata.json").Order(StringComparer.Ordinal).Last();
            var table = new Table(TableIdent.Parse("x.y"), TableMetadataJson.Parse(File.ReadAllBytes(file), file), file);
            var store = new MovedStore("://hyperparam-iceberg", root);
            count++;
            alarms.AddRange(new TableLinter(store).Check(table, new LintOptions { Deep = true }).Where(f => f.Severity == Severity.Error).Select(f => $"{metadata}: {f}"));
        }
        output.WriteLine($"{count} tables");
        Assert.True(count > 0 && alarms.Count == 0, string.Join('\n', alarms.Take(40)));
    }

    public static TheoryData<string, Func<object, object>> BrokenMetadata => new()
    {
        { "table-uuid", Change(t => t with { Uuid = "no" }) },
        { "location", Change(t => t with { Location = t.Location + "/" }) },
        { "duplicate-id", Change(t => t with { Snapshots = t.Snapshots.Add(t.Snapshots[0]) }) },
        { "duplicate-id", Change(t => t with { Schemas = t.Schemas.Add(t.Schemas[0]) }) },
        { "current-schema", Change(t => t with { CurrentSchemaId = 9 }) },
        { "default-spec", Change(t => t with { DefaultSpecId = 9 }) },
        { "default-sort-order", Change(t => t with { DefaultSortOrderId = 9 }) },
        { "last-column-id", Change(t => t with { LastColumnId = 1 }) },
        { "last-partition-id", Change(t => t with { LastPartitionId = 999 }) },
        { "schema", Change(t => t with { Schemas = [new Schema(0, new StructType([.. t.CurrentSchema.Fields, t.CurrentSchema.Fields[0] with { Name = "again" }]))] }) },
        { "type-version", Change(t => t with { Schemas = [new Schema(0, new StructType([.. t.CurrentSchema.Fields, new Field(3, "ns", PrimitiveType.TimestampNs, false)]))] }) },
        { "default-version", Change(t => t with { Schemas = [new Schema(0, new StructType([.. t.CurrentSchema.Fields, new Field(3, "d", PrimitiveType.Int, false) { InitialDefault = "1" }]))] }) },
        { "partition-source", Change(t => t with { Schemas = [new Schema(0, new StructType([t.CurrentSchema.Fields[0]]))] }) },
        { "partition-name", Change(t => t with { Specs = [new PartitionSpec(0, [t.DefaultSpec.Fields[0] with { Name = "id" }])] }) },
        { "partition-name", Change(t => t with { Specs = [new PartitionSpec(0, [t.DefaultSpec.Fields[0] with { Name = "ID" }])] }) },
        { "partition-name", Change(t => t with { Specs = [.. t.Specs, new PartitionSpec(9, [t.DefaultSpec.Fields[0] with { Name = "id" }])] }) },
        { "column-names", Change(t => With(t, new Field(3, "Id", PrimitiveType.Int, false))) },
        { "column-names", Change(t => With(t, new(3, "l", ListType.Of(4, PrimitiveType.Int), false), new(5, "l.element", PrimitiveType.Int, false))) },
        { "column-names", Change(t => With(t, new Field(3, "", PrimitiveType.Int, false))) },
        { "sort-source", Change(t => t with { SortOrders = [new SortOrder(1, [new SortField(77, Transform.Identity, Descending: false, NullsLast: false)])], DefaultSortOrderId = 1 }) },
        { "reserved-property", Change(t => t with { Properties = t.Properties.Add("uuid", "x") }) },
        { "main-ref", Change(t => t with { Refs = t.Refs.Remove("main") }) },
        { "main-ref", Change(t => t with { Refs = t.Refs.SetItem("main", t.Refs["main"] with { IsBranch = false }) }) },
        { "ref-target", Change(t => t with { Refs = t.Refs.Add("x", new SnapshotRef(new(5), IsBranch: false)) }) },
        { "sequence-number", Change(t => t with { LastSequenceNumber = 1 }) },
        { "sequence-number", Change(t => t with { Snapshots = t.Snapshots.SetItem(1, t.Snapshots[1] with { SequenceNumber = 1 }) }) },
        { "snapshot-schema", Change(t => t with { Snapshots = t.Snapshots.SetItem(1, t.Snapshots[1] with { SchemaId = 8 }) }) },
        { "snapshot-time", Change(t => t with { Snapshots = t.Snapshots.SetItem(1, t.Snapshots[1] with { TimestampMs = 5 }) }) },
        { "operation", Change(t => t with { Snapshots = t.Snapshots.SetItem(1, t.Snapshots[1] with { Summary = t.Snapshots[1].Summary.SetItem("operation", "append") }) }) },
        { "summary-totals", Change(t => t with { Snapshots = t.Snapshots.SetItem(1, t.Snapshots[1] with { Summary = t.Snapshots[1].Summary.SetItem("total-records", "7") }) }) },
        { "summary-changes", Change(t => t with { Snapshots = t.Snapshots.SetItem(1, t.Snapshots[1] with { Summary = t.Snapshots[1].Summary.SetItem("added-delete-files", "7") }) }) },
        { "snapshot-log", Change(t => t with { SnapshotLog = [t.SnapshotLog[0]] }) },
        { "snapshot-log", Change(t => t with { SnapshotLog = t.SnapshotLog.Insert(0, new SnapshotLogEntry(1, new(99))) }) },
        { "last-updated", Change(t => t with { LastUpdatedMs = t.LastUpdatedMs - 120_000 }) },
        { "metadata-log", Change(t => t with { MetadataLog = t.MetadataLog.Add(new MetadataLogEntry(5, t.MetadataLog[^1].Location)) }) },
        { "metadata-log", Change(t => t with { MetadataLog = [new MetadataLogEntry(5, t.Location + "/metadata/gone.json")] }) },
        { "statistics", Change(t => t with { Statistics = [new StatisticsFile(new(99), t.MetadataLog[^1].Location, 0, "{}")] }) },
        { "file-missing", Change(t => t with { Statistics = [new StatisticsFile(t.CurrentSnapshotId!.Value, t.Location + "/gone.puffin", 0, "{}")] }) },
        { "manifest-list", Change(t => t with { Snapshots = t.Snapshots.SetItem(1, t.Snapshots[1] with { ManifestList = t.Location + "/gone.avro" }) }) },
        { "manifest-list-header", Change(t => t with { Snapshots = t.Snapshots.SetItem(1, t.Snapshots[1] with { ManifestList = t.Snapshots[0].ManifestList }) }) },
        { "manifest-spec", Change(t => t with { Specs = [new PartitionSpec(4, t.Specs[0].Fields)], DefaultSpecId = 4 }) },
        { "3 snapshot-row-ids", Change(t => t with { Snapshots = t.Snapshots.SetItem(1, t.Snapshots[1] with { FirstRowId = 0, AddedRows = 3 }) }) },
        { "3 next-row-id", Change(t => t with { NextRowId = 3 }) },
    };

    [Theory]
    [MemberData(nameof(BrokenMetadata))]
    public void BrokenMetadataIsFound(string rule, object change)
    {
        var (version, name) = Split(rule);
        var table = Make(version);
        Expect(name, Lint(table with { Metadata = (TableMetadata)((Func<object, object>)change)(table.Metadata) }));
    }

    public static TheoryData<string, Func<object, object>> BrokenLists => new()
    {
        { "manifest-twice", List(l => l.Add(l[0])) },
        { "manifest-sequence", List(l => l.SetItem(0, l[0] with { SequenceNumber = 9 })) },
        { "manifest-min-sequence", List(l => l.SetItem(0, l[0] with { MinSequenceNumber = 5 })) },
        { "partition-summary", List(l => l.SetItem(0, l[0] with { Partitions = [l[0].Partitions[0], l[0].Partitions[0]] })) },
        { "partition-summary", List(l => l.SetItem(0, l[0] with { Partitions = [l[0].Partitions[0] with { UpperBound = l[0].Partitions[0].LowerBound }] })) },
        { "manifest-counts", List(l => l.SetItem(0, l[0] with { AddedFiles = 9 })) },
        { "manifest-counts", List(l => l.SetItem(0, l[0] with { AddedRows = 9 })) },
        { "manifest", List(l => l.SetItem(0, l[0] with { Length = 9 })) },
        { "manifest", List(l => l.SetItem(0, l[0] with { Path = l[0].Path + "x" })) },
        { "file-lost", List(l => l.RemoveAt(0)) },
        { "3 manifest-row-ids", List(l => l.SetItem(0, l[0] with { FirstRowId = 50 })) },
        { "3 row-ids", List(l => l.SetItem(0, l[0] with { FirstRowId = 100 })) },
    };

    [Theory]
    [MemberData(nameof(BrokenLists))]
    public void BrokenManifestListsAreFound(string rule, object change)
    {
        var (version, name) = Split(rule);
        var table = Make(version);
        Expect(name, Lint(Relist(table, (ImmutableArray<ManifestFile>)((Func<object, object>)change)(Manifests(table)))));
    }

    public static TheoryData<string, bool, Func<object, object>> BrokenEntries => new()
    {
        { "entry-numbers", false, Entry(e => e with { Status = EntryStatus.Existing, SequenceNumber = null }) },
        { "entry-snapshot", false, Entry(e => e with { SnapshotId = new(77) }) },
        { "file-counts", false, Entry(e => e with { File = e.File with { RecordCount = -1 } }) },
        { "split-offsets", false, Entry(e => e with { File = e.File with { SplitOffsets = [9, 4] } }) },
        { "file-sort-order", false, Entry(e => e with { File = e.File with { SortOrderId = 5 } }) },
        { "file-metrics", false, Entry(e => e with { File = e.File with { NullValueCounts = new Dictionary<int, long> { [1] = 1000 } } }) },
        { "file-bounds", false, Entry(e => e with { File = e.File with { LowerBounds = new Dictionary<int, byte[]> { [1] = SingleValue.OfLong(1000) } } }) },
        { "file-bounds", false, Entry(e => e with { File = e.File with { LowerBounds = new Dictionary<int, byte[]> { [1] = SingleValue.OfLong(10) }, UpperBounds = null } }) },
        { "file-bounds", false, Entry(e => e with { File = e.File with { UpperBounds = new Dictionary<int, byte[]> { [1] = SingleValue.OfLong(10) }, LowerBounds = null } }) },
        { "file-metrics", false, Entry(e => e with { File = e.File with { NullValueCounts = new Dictionary<int, long> { [1] = 1 } } }) },
        { "file-missing", false, Entry(e => e with { File = e.File with { FilePath = e.File.FilePath + "x" } }) },
        { "file-length", false, Entry(e => e with { File = e.File with { FileSizeBytes = e.File.FileSizeBytes + 1 } }) },
        { "file-rows", false, Entry(e => e with { File = e.File with { RecordCount = e.File.RecordCount + 1 } }) },
        { "file-unreadable", false, Entry(e => e with { File = e.File with { FileFormat = "AVRO" } }) },
        { "entry-content", true, Entry(e => e with { File = e.File with { Content = FileContent.Data } }) },
        { "removed-not-live", true, Entry(e => e with { Status = EntryStatus.Deleted, SequenceNumber = 2, FileSequenceNumber = 2 }) },
        { "file-appeared", true, Entry(e => e with { Status = EntryStatus.Existing, SequenceNumber = 2, FileSequenceNumber = 2 }) },
        { "equality-ids", true, Entry(e => e with { File = e.File with { Content = FileContent.EqualityDeletes } }) },
        { "delete-dangling", true, Entry(e => e with { File = e.File with { ReferencedDataFile = "file:/elsewhere" } }) },
        { "delete-partition", true, Entry(e => e with { File = e.File with { Partition = new PartitionTuple([null]) } }) },
        { "delete-partition", true, Entry(e => e with { File = e.File with { Partition = new PartitionTuple([null]), ReferencedDataFile = null } }) },
        { "delete-count", true, Entry(e => e with { File = e.File with { RecordCount = 1000 } }) },
        { "3 dv-place", true, Entry(e => e with { File = e.File with { ContentOffset = 1_000_000 } }) },
        { "3 dv-blob", true, Entry(e => e with { File = e.File with { ContentOffset = 5 } }) },
        { "3 delete-version", true, Entry(e => e with { File = e.File with { FileFormat = "PARQUET" } }) },
        { "delete-version", true, Entry(e => e with { File = e.File with { FileFormat = "PUFFIN" } }) },
        { "file-rows", true, Entry(e => e with { File = e.File with { RecordCount = e.File.RecordCount - 1 } }) },
    };

    [Theory]
    [MemberData(nameof(BrokenEntries))]
    public void BrokenEntriesAreFound(string rule, bool ofDeletes, object change)
    {
        var (version, name) = Split(rule);
        var table = Make(version);
        var manifests = Manifests(table);
        var at = manifests.IndexOf(manifests.First(m => m.Content == (ofDeletes ? ManifestContent.Deletes : ManifestContent.Data)));
        var entry = (Func<object, object>)change;
        Expect(name, Lint(Relist(table, manifests.SetItem(at, Rewrite(table, manifests[at], entries => [(ManifestEntry)entry(entries[0]), .. entries.Skip(1)]))), new LintOptions { Deep = true }));
    }

    [Theory]
    [InlineData("id")]
    [InlineData("truncate(7, id)")]
    public void AFileInTheWrongPartitionIsFoundByItsFooter(string partitionBy)
    {
        var table = Make(2, partitionBy);
        Assert.Empty(Lint(table, new LintOptions { Deep = true }));
        var manifests = Manifests(table);
        var at = manifests.IndexOf(manifests.First(m => m.Content == ManifestContent.Data));
        var moved = Rewrite(table, manifests[at], entries => [entries[0] with { File = entries[0].File with { Partition = new PartitionTuple([SingleValue.OfLong(77)]) } }, .. entries.Skip(1)]);
        Expect("partition-value", Lint(Relist(table, manifests.SetItem(at, moved)), new LintOptions { Deep = true }));
    }

    [Fact]
    public void ManifestsWhoseFieldsHaveNoIdsAreFound()
    {
        var table = Make(2);
        var manifests = Manifests(table);
        foreach (var name in (string[])["status", "file_path", "key"])
        {
            var path = $"{table.Metadata.Location}/metadata/{Guid.NewGuid():N}.avro";
            var file = new AvroFileReader(store.Read(manifests[0].Path), "m");
            var writer = new AvroFileWriter(Without(file.Schema, name), file.Metadata.Where(m => !m.Key.StartsWith("avro.", StringComparison.Ordinal)), deflate: true);
            foreach (var record in file.ReadAll()) writer.Append((object?[])record!);
            var bytes = writer.Finish();
            store.Put(path, bytes);
            Expect("manifest-field-ids", Lint(Relist(table, manifests.SetItem(0, manifests[0] with { Path = path, Length = bytes.Length }))));
        }

        static AvroType Without(AvroType type, string name) => new(type.Kind)
        {
            Name = type.Name,
            Fields = [.. type.Fields.Select(f => new AvroField(f.Name, Without(f.Type, name)) { Id = f.Name == name ? null : f.Id })],
            Element = type.Element is { } element ? Without(element, name) : null,
            Branches = [.. type.Branches.Select(b => Without(b, name))],
            Logical = type.Logical,
            ElementId = type.ElementId,
            Size = type.Size,
        };
    }

    [Fact]
    public void FilesAddedAgainListedTwiceAndVectorsBesideVectorsAreFound()
    {
        var table = Make(3);
        var manifests = Manifests(table);
        var (data, deletes) = (manifests.First(m => m.Content == ManifestContent.Data), manifests.First(m => m.Content == ManifestContent.Deletes));
        var added = Entries(table, data)[0];
        var again = Rewrite(table, data, _ => [added with { SnapshotId = table.Metadata.CurrentSnapshotId }]);
        var findings = Lint(Relist(table, [again with { AddedSnapshotId = table.Metadata.CurrentSnapshotId!.Value, SequenceNumber = 2, MinSequenceNumber = 1 }, .. manifests]));
        Expect("added-twice", findings);
        Expect("file-twice", findings);
        var twice = Rewrite(table, deletes, entries => [.. entries, entries[0] with { File = entries[0].File with { ContentOffset = 5 } }]);
        Expect("dv-twice", Lint(Relist(table, [.. manifests.Where(m => m.Path != deletes.Path), twice])));
    }

    [Fact]
    public void FilesThatNothingRefersToAreNamedWhereAsked()
    {
        var table = Make(2);
        store.Put($"{table.Metadata.Location}/data/forgotten.parquet", [1]);
        Expect("orphan", Lint(table, new LintOptions { Orphans = true }));
        Assert.Empty(Lint(table));
    }

    private static (int Version, string Rule) Split(string rule) => rule[0] == '3' ? (3, rule[2..]) : (2, rule);

    private static void Expect(string rule, ImmutableArray<Finding> findings) => Assert.True(findings.Any(f => f.Rule == rule), $"{rule} did not speak, but {string.Join(" | ", findings)}");

    private static TableMetadata With(TableMetadata table, params Field[] fields) =>
        table with { Schemas = [new Schema(0, new StructType([.. table.CurrentSchema.Fields, .. fields]))], LastColumnId = 9 };

    private static Func<object, object> Change(Func<TableMetadata, TableMetadata> change) => t => change((TableMetadata)t);

    private static Func<object, object> List(Func<ImmutableArray<ManifestFile>, ImmutableArray<ManifestFile>> change) => l => change((ImmutableArray<ManifestFile>)l);

    private static Func<object, object> Entry(Func<ManifestEntry, ManifestEntry> change) => e => change((ManifestEntry)e);

    private ImmutableArray<Finding> Lint(Table table, LintOptions? options = null) => new TableLinter(store).Check(table, options);

    /// <summary>Two snapshots: data files in two partitions, then deletes in each of them.</summary>
    private Table Make(int version, string partitionBy = "truncate(1, cat)")
    {
        var schema = Schema.Of(new Field(1, "id", PrimitiveType.Long, true), new Field(2, "cat", PrimitiveType.String, false));
        var table = committer.LoadOrCreate(TestTables.Events, new TableCreation { Schema = schema, Spec = PartitionSpecText.Parse(partitionBy, schema), FormatVersion = version });
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 16);
        for (var i = 0; i < 20; i++)
        {
            builder.Column(0).AppendLong(i);
            builder.Column(1).AppendBytes(i % 2 == 0 ? "a"u8 : "b"u8);
            builder.EndRow();
        }
        table = committer.Commit(TestTables.Events, TestTables.Append([.. ParquetFiles.Write(table, builder.View(), store)])).Table;
        using var writer = new DeleteWriter(table, store);
        foreach (var task in new TableScan(table, store).Plan())
        {
            var positions = new RowPositions();
            positions.Add(task.Data.File.RecordCount > 5 ? 3 : 0);
            if (task.Data.File.RecordCount > 5) positions.Add(5);
            writer.Delete(task, positions);
        }
        return committer.Commit(TestTables.Events, new RowDelta { DeleteFiles = writer.Finish().Added }).Table;
    }

    private ImmutableArray<ManifestFile> Manifests(Table table) => [.. new ManifestReader(store).Manifests(table.Metadata, table.Metadata.CurrentSnapshot!)];

    private List<ManifestEntry> Entries(Table table, ManifestFile manifest)
    {
        var spec = table.Metadata.FindSpec(manifest.SpecId)!;
        return [.. ManifestEntryCodec.Read(new AvroFileReader(store.Read(manifest.Path), "m"), spec, table.Metadata.PartitionTypes(spec), "m").Select(e => e with { File = e.File with { SpecId = spec.SpecId } })];
    }

    /// <summary>The manifest with other entries, under another name, otherwise as it stands in the list.</summary>
    private ManifestFile Rewrite(Table table, ManifestFile manifest, Func<List<ManifestEntry>, List<ManifestEntry>> change)
    {
        var spec = table.Metadata.FindSpec(manifest.SpecId)!;
        var types = table.Metadata.PartitionTypes(spec);
        var version = table.Metadata.FormatVersion;
        var schema = AvroSchemas.Record("manifest_entry", ManifestSchemas.Entry(version, ManifestSchemas.Partition(spec, types)));
        var header = new AvroFileReader(store.Read(manifest.Path), "m").Metadata.Where(m => !m.Key.StartsWith("avro.", StringComparison.Ordinal));
        var writer = new AvroFileWriter(schema, header, deflate: true);
        var entries = change(Entries(table, manifest));
        foreach (var entry in entries) writer.Append(ManifestEntryCodec.ToAvro(entry, types, version));
        var path = $"{table.Metadata.Location}/metadata/{Guid.NewGuid():N}.avro";
        var bytes = writer.Finish();
        store.Put(path, bytes);
        return manifest with { Path = path, Length = bytes.Length, AddedFiles = entries.Count(e => e.Status == EntryStatus.Added), ExistingFiles = entries.Count(e => e.Status == EntryStatus.Existing), DeletedFiles = entries.Count(e => e.Status == EntryStatus.Deleted) };
    }

    private Table Relist(Table table, ImmutableArray<ManifestFile> manifests)
    {
        var metadata = table.Metadata;
        var snapshot = metadata.CurrentSnapshot!;
        var list = ManifestListFile.Write(metadata.FormatVersion, snapshot.SnapshotId, snapshot.ParentSnapshotId, snapshot.SequenceNumber, metadata.NextRowId, manifests);
        var path = $"{metadata.Location}/metadata/{Guid.NewGuid():N}.avro";
        store.Put(path, list.Bytes);
        return table with { Metadata = metadata with { Snapshots = metadata.Snapshots.SetItem(metadata.Snapshots.Length - 1, snapshot with { ManifestList = path }) } };
    }
}
