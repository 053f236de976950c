using System.Text.Json;
using System.Text.Json.Nodes;

using K2I.Columns;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Tables made here, checked against every row and changed by Iceberg Java.</summary>
[Collection(JudgeTables.Collection)]
public sealed class JudgeTests : IDisposable
{
    private readonly JudgeTables judge;
    private readonly TempFolder folder = new();
    private readonly LocalStore store;
    private readonly FileCatalog catalog;
    private readonly TableCommitter committer;

    public JudgeTests(JudgeTables judge)
    {
        this.judge = judge;
        store = new LocalStore(folder.Path);
        catalog = new FileCatalog(store, store.Root);
        committer = TestTables.Committer(catalog, store);
    }

    public void Dispose() => folder.Dispose();

    [SharedFact(Judge.Program)]
    public void EveryTypeAndTransformSatisfiesIcebergJava()
    {
        var random = new Random(42);
        var names = new List<(TableIdent Ident, long Rows)>();
        foreach (var kind in Types.Primitives)
        {
            // Spark and others refuse nanoseconds in version 2, and the format does.
            var version = kind is TypeKind.TimestampNs or TypeKind.TimestampTzNs ? 3 : 2;
            var type = Types.Of(kind);
            var schema = Schema.Of(
                new Field(1, "id", PrimitiveType.Long, true), new Field(2, "v", type, false), new Field(3, "r", type, true),
                new Field(4, "s", new StructType([new Field(5, "in", type, false)]), false), new Field(6, "l", ListType.Of(7, type), false));
            // Iceberg Java cannot read partitions by plain fixed values.
            Transform[] transforms = [Transform.Identity, Transform.Bucket(3), Transform.Truncate(3), Transform.Year, Transform.Month, Transform.Day, Transform.Hour];
            foreach (var transform in transforms.Where(t => t.Accepts(type) && !(t.Kind == TransformKind.Identity && kind is TypeKind.Fixed)).Prepend(null))
            {
                var ident = TableIdent.Parse($"db.t_{kind.ToString().ToLowerInvariant()}_{transform?.Kind.ToString().ToLowerInvariant() ?? "plain"}");
                var spec = transform is null ? PartitionSpec.Unpartitioned : new PartitionSpec(0, [new PartitionField(2, 1000, transform.Kind == TransformKind.Identity ? "v" : "v_part", transform)]);
                var table = committer.LoadOrCreate(ident, new TableCreation { Schema = schema, Spec = spec, FormatVersion = version });
                using var rows = new RandomRows(random).Fill(schema, 60);
                committer.Commit(ident, TestTables.Append([.. ParquetFiles.Write(table, rows.View(), store, rowsPerGroup: 20)]));
                names.Add((ident, 60));
            }
        }
        CheckAll(names);
    }

    [SharedFact(Judge.Program)]
    public void NestedNamesAndLongValuesSatisfyIcebergJava()
    {
        var schema = Schema.Of(
            new Field(1, "id", PrimitiveType.Long, true),
            new Field(2, "odd name-1 ä", PrimitiveType.String, false),
            new Field(3, "deep", new StructType([new Field(4, "a", new StructType([new Field(5, "ts", PrimitiveType.TimestampTz, false), new Field(6, "f", PrimitiveType.Float, true)]), false), new Field(7, "t", PrimitiveType.String, true)]), false),
            new Field(8, "list", ListType.Of(9, new StructType([new Field(10, "x", PrimitiveType.Decimal(20, 4), false), new Field(11, "y", ListType.Of(12, PrimitiveType.Uuid), false)])), false),
            new Field(13, "bin", PrimitiveType.Binary, false));
        var names = new List<(TableIdent, long)>();
        foreach (var (name, spec, version) in ((string, string, int)[])
            [("a", "day(deep.a.ts), deep.t, bucket(3, odd name-1 ä)", 2), ("b", "month(deep.a.ts) as m, truncate(1, bin), odd name-1 ä", 3), ("c", "", 3)])
        {
            var ident = TableIdent.Parse($"db.nested_{name}");
            var table = committer.LoadOrCreate(ident, new TableCreation
            {
                Schema = schema,
                Spec = PartitionSpecText.Parse(spec, schema),
                FormatVersion = version,
                Properties = TestTables.Strings(("write.metadata.metrics.column.bin", "truncate(2)"), ("write.metadata.metrics.column.deep.t", "truncate(3)"), ("commit.manifest.min-count-to-merge", "3")),
            });
            for (var n = 0; n < 5; n++)
            {
                using var rows = new RandomRows(new Random(n)).Fill(schema, 80);
                table = committer.Commit(ident, TestTables.Append([.. ParquetFiles.Write(table, rows.View(), store)])).Table;
            }
            names.Add((ident, 400));
        }
        CheckAll(names);
    }

    [SharedFact(Judge.Program)]
    public void TablesWhoseColumnsGoTogetherAreOpenedByIcebergJavaAndThoseWithOneFullNameForTwoAreNot()
    {
        string[] words = ["a", "A", "b", "a.b", "b.a", "a.b.a", "element", "key", "value", "a.element", "a.key", "b.value", "ſ", "s"];
        var sound = new List<(TableIdent, long)>();
        var broken = new List<string>();
        for (var seed = 0; seed < 120; seed++)
        {
            var random = new Random(seed);
            var given = Fields(random, 3);
            var names = new ColumnNames([]);
            var taken = given.Select(f => names.Take(f, [])).OfType<Field>();
            var schema = FieldIds.NewSchema([new Field(0, "n", PrimitiveType.Long, false), .. taken]);
            var ident = TableIdent.Parse($"db.names_{seed}");
            var spec = PartitionSpecText.Parse(seed % 2 == 0 ? "bucket(2, n)" : "", schema);
            var table = committer.LoadOrCreate(ident, new TableCreation { Schema = schema, Spec = spec });
            using var rows = new RandomRows(random).Fill(schema, 5);
            committer.Commit(ident, TestTables.Append([.. ParquetFiles.Write(table, rows.View(), store)]));
            sound.Add((ident, 5));

            // The same columns without the rule, written past every door.
            var unruled = FieldIds.NewSchema(given);
            if (ColumnNames.Clashes(unruled.Struct, []).All(c => c.Flaw != NameFlaw.Taken)) continue;
            broken.Add($"{folder.Path}/db/broken_{seed}");
            var metadata = table.Metadata with
            {
                Schemas = [unruled],
                LastColumnId = 500,
                Location = broken[^1],
                Specs = [PartitionSpec.Unpartitioned],
                CurrentSnapshotId = null,
                Snapshots = [],
                Refs = table.Metadata.Refs.Clear(),
            };
            Directory.CreateDirectory(broken[^1] + "/metadata");
            File.WriteAllBytes(broken[^1] + "/metadata/v1.metadata.json", TableMetadataJson.ToBytes(metadata));
        }
        CheckAll(sound);
        Assert.True(broken.Count > 10);
        Assert.Contains("multiple fields for name", Judge.Run("check", broken[0]).Output, StringComparison.Ordinal);
        foreach (var (path, output) in broken.Zip(Judge.Batch(broken.Select(p => new[] { "check", p }))))
            Assert.False(output.Any(l => l.StartsWith("{\"errors\"", StringComparison.Ordinal)), $"{path} was opened");
        foreach (var (ident, rows) in sound.Take(8))
            if (PythonJudge.Rows($"{folder.Path}/db/{ident.Name}", "pyiceberg", null) is { } read) Assert.Equal(rows, read.Count);

        List<Field> Fields(Random random, int depth) =>
            [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new Field(0, words[random.Next(words.Length)], Type(random, depth), false))];

        DataType Type(Random random, int depth) => random.Next(depth == 0 ? 1 : 4) switch
        {
            1 => new StructType([.. Fields(random, depth - 1)]),
            2 => ListType.Of(0, Type(random, depth - 1)),
            _ => PrimitiveType.Long,
        };
    }

    [SharedFact(Judge.Program)]
    public void AppendingGoesOnAfterAnotherEngineChangedTheTable()
    {
        using var judge = new JudgeSession();
        foreach (var version in (int[])[2, 3])
        {
            var ident = TableIdent.Parse($"db.shared_v{version}");
            var path = $"{folder.Path}/db/shared_v{version}";
            var schema = Schema.Of(new Field(1, "id", PrimitiveType.Long, true), new Field(2, "name", PrimitiveType.String, false), new Field(3, "ts", PrimitiveType.TimestampTz, false));
            committer.LoadOrCreate(ident, new TableCreation { Schema = schema, Spec = PartitionSpecText.Parse("bucket(2, id)", schema), FormatVersion = version });
            long rows = 0;
            Ours(3);
            foreach (var op in (string[])["append T --rows 7", "add-column T extra string", "compact T", "add-partition T day(ts)", "expire T --keep 1", "rewrite-manifests T", "delete T --where 'id=-5'", "set T a=b", "rename-column T extra more", "append T --rows 5", "compact T"])
            {
                judge.Do(["op", .. op.Replace("'", "", StringComparison.Ordinal).Replace("T", path, StringComparison.Ordinal).Split(' ')]);
                Ours(1);
            }
            var before = Count();
            Ours(1);
            judge.Do("op", "rollback", path, "--back", "1");
            Assert.Equal(before, Count());
            Ours(1);
            CheckAll([(ident, before + 20)]);

            void Ours(int commits)
            {
                for (var n = 0; n < commits; n++)
                {
                    var table = catalog.Load(ident);
                    using var batch = new RandomRows(new Random((int)rows++)).Fill(table.Metadata.CurrentSchema, 20);
                    Assert.Equal(CommitStatus.Committed, committer.Commit(ident, TestTables.Append([.. ParquetFiles.Write(table, batch.View(), store)])).Status);
                }
            }

            long Count() => long.Parse(judge.Do("count", path)[0]);
        }
    }

    [SharedFact(Judge.Program)]
    public void TablesOfIcebergJavaAreReadAsItReadsThem()
    {
        var store = judge.Store();
        var folders = Directory.GetDirectories(Path.Join(judge.Warehouse, "t")).Where(d => Directory.Exists(d + "/metadata")).Order(StringComparer.Ordinal).ToList();
        Assert.True(folders.Count > 80, $"{folders.Count} tables");
        var differing = new List<string>();
        foreach (var (folder, theirs) in folders.Zip(Judge.Batch(folders.Select(f => new[] { "files", f }))))
        {
            var catalogTable = LoadFolder(folder);
            var metadata = catalogTable.Metadata;
            var mine = metadata.CurrentSnapshot is null ? [] : new ManifestReader(store).LiveEntries(metadata, metadata.CurrentSnapshot).Select(e => Line(metadata, e)).Order(StringComparer.Ordinal).ToList();
            var expected = theirs.Where(l => l.StartsWith('{')).Select(l => JsonNode.Parse(l)!).Where(j => (string?)j["status"] != "deleted").Select(Line).Order(StringComparer.Ordinal).ToList();
            if (!mine.SequenceEqual(expected)) differing.Add($"{Path.GetFileName(folder)}: {mine.FirstOrDefault(m => !expected.Contains(m))} / {expected.FirstOrDefault(e => !mine.Contains(e))}");
            foreach (var snapshot in metadata.Snapshots) Assert.NotEmpty(new ManifestReader(store).Manifests(metadata, snapshot).Select(m => m.Path).DefaultIfEmpty("none"));
        }
        Assert.True(differing.Count == 0, string.Join('\n', differing));
    }

    private Table LoadFolder(string folder)
    {
        var newest = Directory.GetFiles(folder + "/metadata").Where(f => FileCatalog.VersionOf(Path.GetFileName(f)) is not null).MaxBy(f => FileCatalog.VersionOf(Path.GetFileName(f)))!;
        return new Table(TableIdent.Parse("x.y"), TableMetadataJson.Parse(File.ReadAllBytes(newest), newest), newest);
    }

    private static string Line(TableMetadata table, ManifestEntry e)
    {
        var spec = table.FindSpec(e.File.SpecId)!;
        return $"{e.File.FilePath} {Kind(e.File)} {e.File.SpecId} {PartitionPath.Of(spec, table.PartitionTypes(spec), e.File.Partition)} {e.File.RecordCount} {e.File.FileSizeBytes} {e.SnapshotId} {e.SequenceNumber} {e.FileSequenceNumber}";

        static string Kind(DataFile f) => f.Content.ToString().ToLowerInvariant();
    }

    private static string Line(JsonNode j) =>
        $"{j["path"]} {Normal((string)j["content"]!)} {j["spec"]} {j["partition"]} {j["records"]} {j["bytes"]} {j["snapshot"]} {j["data_sequence"]} {j["file_sequence"]}";

    private static string Normal(string content) => content.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    private void CheckAll(List<(TableIdent Ident, long Rows)> tables)
    {
        var paths = tables.Select(t => $"{folder.Path}/{string.Join('/', t.Ident.Namespace)}/{t.Ident.Name}").ToList();
        var checks = Judge.Batch(paths.Select(p => new[] { "check", p, "--lineage" }));
        var problems = new List<string>();
        foreach (var ((ident, rows), output) in tables.Zip(checks))
        {
            problems.AddRange(output.Where(l => l.StartsWith("ERROR", StringComparison.Ordinal) || l.StartsWith("WARN", StringComparison.Ordinal)).Select(l => $"{ident}: {l}"));
            var summary = output.FirstOrDefault(l => l.StartsWith("{\"errors\"", StringComparison.Ordinal));
            if (summary is null) problems.Add($"{ident}: {string.Join('\n', output)}");
            else if (JsonDocument.Parse(summary).RootElement.GetProperty("rows").GetInt64() is var read && read < rows) problems.Add($"{ident}: {read} rows, {rows} expected");
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(40)));
    }
}
