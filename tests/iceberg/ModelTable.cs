using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

using K2I.Columns;
using K2I.Memory;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>A table beside its model: every operation is done to both. Columns: <c>id</c>, <c>cat</c>, <c>n</c>, and what is added.</summary>
internal sealed class ModelTable
{
    private readonly Random random;
    private readonly ICatalog catalog;
    private readonly TableCommitter committer;
    private readonly TableIdent ident;
    private readonly Dictionary<SnapshotId, (TableModel Model, int SchemaId)> _snapshots = [];
    private long nextId = 1;
    private int nextName = 1;

    public ModelTable(LocalStore store, string name, int formatVersion, Random random)
        : this(new FileCatalog(store, store.Root), store, name, formatVersion, random) => Judged = [$"{store.Root}/db/{name}"];

    public ModelTable(ICatalog catalog, LocalStore store, string name, int formatVersion, Random random)
    {
        this.random = random;
        Store = store;
        this.catalog = catalog;
        committer = new TableCommitter(catalog, store, new CommitOptions { MinWaitMs = 5, MaxWaitMs = 100 });
        ident = TableIdent.Parse($"db.{name}");
        var schema = Schema.Of(new Field(1, "id", PrimitiveType.Long, true), new Field(2, "cat", PrimitiveType.String, false), new Field(3, "n", PrimitiveType.Int, false));
        committer.LoadOrCreate(ident, new TableCreation
        {
            Schema = schema,
            Spec = PartitionSpecText.Parse("cat", schema),
            FormatVersion = formatVersion,
            Properties = TestTables.Strings(("commit.manifest.min-count-to-merge", "4"), ("write.metadata.previous-versions-max", "3"), ("write.metadata.delete-after-commit.enabled", "true")),
        });
    }

    public LocalStore Store { get; }

    /// <summary>How a judge is told of the table.</summary>
    public string[] Judged { get; init; } = [];

    public Action BeforeCommit { get; init; } = () => { };

    /// <summary>Vectors of one commit go into one file.</summary>
    public bool ShareVectorFiles { get; init; }

    public Table Table => catalog.Load(ident);

    public Dictionary<string, TableModel> Refs { get; } = new(StringComparer.Ordinal) { [SnapshotRef.Main] = TableModel.Empty };

    /// <summary>What the snapshots hold that the table still has.</summary>
    public List<(SnapshotId Id, TableModel Model, Schema Schema)> Snapshots
    {
        get
        {
            var table = Table.Metadata;
            return [.. table.Snapshots.Select(s => (s.SnapshotId, _snapshots[s.SnapshotId].Model, table.FindSchema(_snapshots[s.SnapshotId].SchemaId)!))];
        }
    }

    /// <summary>All rows of main lie in files of the spec that new files get: only of those does the judge find the partitions for equality deletes.</summary>
    public bool HasOneSpec => Table is var table && new TableScan(table, Store).Plan().All(t => t.Data.File.SpecId == table.Metadata.DefaultSpecId);

    public TableModel Main => Refs[SnapshotRef.Main];

    public void Append(string branch = SnapshotRef.Main, int most = 60)
    {
        var rows = NewRows(random.Next(1, most));
        Commit(new AppendFiles(branch) { Files = Write(rows) }, branch, Refs[branch].Add(rows));
    }

    /// <summary>Deletes rows by position, and adds some in the same commit.</summary>
    public void Change(string branch, bool add)
    {
        var ids = Some(Refs[branch].Rows.Keys, 0.2);
        var (added, removed) = Deletes(branch, ids);
        var again = add ? NewRows(random.Next(1, 10)).Concat(NewRows(ids.Where(_ => random.Next(2) == 0))).ToDictionary(r => r.Key, r => r.Value) : [];
        if (added.IsEmpty && again.Count == 0) return;
        var table = Table;
        var action = new RowDelta(branch) { DataFiles = Write(again), DeleteFiles = added, ReplacedDeletes = removed, StartSnapshotId = random.Next(2) == 0 ? table.Metadata.Head(branch)?.SnapshotId : null };
        Commit(action, branch, Refs[branch].Remove(ids).Add(again));
    }

    /// <summary>Writes the live rows of some files of a partition into one file; in version 3 they keep their row ids.</summary>
    public void Compact(string branch)
    {
        var table = Table;
        var scan = new TableScan(table, Store, new ScanRequest { Reference = branch, MetadataColumns = true });
        var group = scan.Plan().GroupBy(t => (t.Data.File.SpecId, t.Data.File.Partition)).OrderBy(_ => random.Next()).FirstOrDefault();
        if (group is null) return;
        ImmutableArray<ScanTask> tasks = [.. group.Take(random.Next(1, 5))];
        var file = Copy(table, scan, tasks);
        var head = table.Metadata.Head(branch)!;
        Commit(new RewriteFiles(branch)
        {
            StartSnapshotId = head.SnapshotId,
            Replaced = [.. tasks.Select(t => t.Data.File)],
            Files = file is null ? [] : [file],
            DataSequenceNumber = file is null ? null : head.SequenceNumber,
        }, branch, Refs[branch]);
    }

    public void OverwritePartition(string branch)
    {
        var category = $"c{random.Next(4)}";
        var rows = NewRows(random.Next(0, 20), category);
        var filter = ScanFilter.Parse($"cat = '{category}'");
        FileChange action = rows.Count == 0 ? new RemoveFiles(branch) { Rows = filter } : new OverwriteFiles(branch) { RemovedRows = filter, Files = Write(rows) };
        var after = Refs[branch].Remove(Refs[branch].Rows.Where(r => r.Value.GetValueOrDefault(2) == $"\"{category}\"").Select(r => r.Key)).Add(rows);
        try
        {
            Commit(action, branch, after);
        }
        catch (K2I.Base.EngineException error) when (error.Kind == K2I.Base.ErrorKind.Invalid && error.Message.Contains("only whole files", StringComparison.Ordinal))
        {
            // A file of another spec, or with a part of the rows.
        }
    }

    public void RemoveSomeFiles(string branch, bool replace)
    {
        var table = Table;
        var files = Some(new TableScan(table, Store, new ScanRequest { Reference = branch }).Plan(), 0.2);
        if (files.Count == 0) return;
        var gone = Read(new ScanRequest { Reference = branch }, files).Select(IdOf).ToList();
        var rows = replace ? NewRows(random.Next(1, 20)) : [];
        FileChange action = replace ? new OverwriteFiles(branch) { Removed = [.. files.Select(f => f.Data.File)], Files = Write(rows) } : new RemoveFiles(branch) { Files = [.. files.Select(f => f.Data.File)] };
        Commit(action, branch, Refs[branch].Remove(gone).Add(rows));
    }

    public void RewriteManifests(string branch) => Commit(new RewriteManifests(branch) { SmallerThanBytes = long.MaxValue }, branch, Refs[branch]);

    public void Expire(int? keep = null)
    {
        var before = Table.Metadata;
        if (Commit(new ExpireSnapshots { OlderThanMs = long.MaxValue, RetainLast = keep ?? random.Next(1, 6) }) is not { } after) return;
        var plan = ExpiredFiles.Plan(before, after.Metadata, Store);
        Assert.Equal(Reached(before).Except(Reached(after.Metadata)).Order(StringComparer.Ordinal), plan.Data.Concat(plan.Manifests).Concat(plan.ManifestLists).Order(StringComparer.Ordinal));
        plan.Delete(Store);
    }

    private HashSet<string> Reached(TableMetadata metadata)
    {
        var reader = new ManifestReader(Store);
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var snapshot in metadata.Snapshots)
        {
            paths.Add(snapshot.ManifestList!);
            paths.UnionWith(reader.Manifests(metadata, snapshot).Select(m => m.Path));
            paths.UnionWith(reader.LiveEntries(metadata, snapshot).Select(e => e.File.FilePath));
        }
        return paths;
    }

    public void MoveRefs()
    {
        var metadata = Table.Metadata;
        if (metadata.CurrentSnapshotId is null) return;
        var others = metadata.Refs.Keys.Where(r => r != SnapshotRef.Main).ToList();
        var (refs, name) = (new ManageRefs(), SnapshotRef.Main);
        TableModel? model;
        switch (random.Next(4))
        {
            case 0:
            case 1 when others.Count == 0:
                (name, model) = ($"r{nextName++}", Main);
                if (random.Next(2) == 0) refs.CreateTag(name);
                else refs.CreateBranch(name);
                break;
            case 1:
                (name, model) = (others[0], null);
                refs.Remove(name);
                break;
            case 2:
                var ancestors = metadata.Ancestors().Take(4).ToList();
                var back = ancestors[random.Next(ancestors.Count)].SnapshotId;
                refs.RollbackTo(back);
                model = _snapshots[back].Model;
                break;
            default:
                if (others.Count == 0) return;
                refs.SetCurrent(metadata.Refs[others[0]].SnapshotId);
                model = Refs[others[0]];
                break;
        }
        if (Commit(refs) is null) return;
        if (model is null) Refs.Remove(name);
        else Refs[name] = model;
    }

    public void ChangeSchema()
    {
        var schema = Table.Metadata.CurrentSchema;
        var update = new UpdateSchema();
        switch (random.Next(3))
        {
            case 0 when schema.Fields.Length > 4:
                update.Drop(schema.Fields[^1].Name);
                break;
            case 1 when schema.Fields.Length > 3:
                update.Rename(schema.Fields[^1].Name, $"x{nextName++}");
                break;
            default:
                update.Add("", $"x{nextName++}", random.Next(2) == 0 ? PrimitiveType.Long : PrimitiveType.String);
                break;
        }
        Commit(update);
    }

    public void ChangeSpec() => Commit(new UpdateSpec(((string[])["cat", "", "bucket(3, id)", "cat, truncate(10, n)"])[random.Next(4)]));

    public void SetProperty(string key, string value) => Commit(new SetTableProperties { Updates = TestTables.Strings((key, value)) });

    public void ChangeProperties()
    {
        var value = $"{nextName++}";
        Commit(new SetTableProperties { Updates = TestTables.Strings(("test.value", value)), Removals = random.Next(2) == 0 ? ["test.other"] : [] });
        Assert.Equal(value, Table.Metadata.Property("test.value"));
    }

    /// <summary>Another engine changed main: <paramref name="after"/> is what it ought to hold now.</summary>
    /// <param name="after">By what the engine was told to do.</param>
    /// <param name="read">A judge's reading of a snapshot: of those that the engine made on the way, what they hold is taken from it.</param>
    public void Changed(TableModel after, Func<SnapshotId, IEnumerable<string>> read)
    {
        var table = Table.Metadata;
        Refs[SnapshotRef.Main] = after;
        foreach (var snapshot in table.Snapshots.Where(s => !_snapshots.ContainsKey(s.SnapshotId)))
        {
            Assert.NotEqual("k2i", snapshot.Summary.GetValueOrDefault(SummaryKeys.EngineName));
            var schema = snapshot.SchemaId ?? table.CurrentSchemaId;
            _snapshots[snapshot.SnapshotId] = (snapshot.SnapshotId == table.CurrentSnapshotId ? after : ModelOf(read(snapshot.SnapshotId), table.FindSchema(schema)!), schema);
        }
    }

    /// <summary>What main held <paramref name="steps"/> snapshots ago; null if its history is shorter.</summary>
    public TableModel? Before(int steps) => Table.Metadata.Ancestors().Skip(steps).FirstOrDefault() is { } snapshot ? _snapshots[snapshot.SnapshotId].Model : null;

    /// <summary>New rows for another engine to write.</summary>
    public Dictionary<long, ImmutableDictionary<int, string>> Rows(int count) => NewRows(count);

    private static TableModel ModelOf(IEnumerable<string> lines, Schema schema) =>
        TableModel.Empty.Add(lines.Select(l => JsonDocument.Parse(l).RootElement).Select(r => KeyValuePair.Create(r.GetProperty("id").GetInt64(),
            schema.Fields.Where(f => r.GetProperty(f.Name).ValueKind != JsonValueKind.Null).ToImmutableDictionary(f => f.Id, f => r.GetProperty(f.Name).GetRawText()))));

    /// <summary>Every ref and known snapshot has the model's rows, as this build reads them.</summary>
    public void Compare()
    {
        var table = Table;
        var findings = new TableLinter(Store).Check(table, new LintOptions { Deep = true }).Where(f => f.Rule is not ("delete-dangling" or "metadata-log")).ToList();
        Assert.True(findings.Count == 0, string.Join('\n', findings.Take(10)));
        CompareRefs();
        foreach (var (id, model, schema) in Snapshots) Assert.Equal(model.Lines(schema), Sorted(Read(new ScanRequest { SnapshotId = id })));
    }

    /// <summary>Every ref has the model's rows.</summary>
    public void CompareRefs()
    {
        var table = Table;
        foreach (var (name, model) in Refs)
        {
            if (!table.Metadata.Refs.TryGetValue(name, out var reference)) continue;
            var schema = reference.IsBranch ? table.Metadata.CurrentSchema : table.Metadata.FindSchema(table.Metadata.FindSnapshot(reference.SnapshotId)!.SchemaId!.Value)!;
            Assert.Equal(model.Lines(schema), Sorted(Read(new ScanRequest { Reference = name })));
        }
    }

    public static List<string> Sorted(IEnumerable<string> lines) => [.. lines.OrderBy(IdOf)];

    private static long IdOf(string line) => long.Parse(line.AsSpan(6, line.AsSpan(6).IndexOfAny(',', '}')), CultureInfo.InvariantCulture);

    private void Commit(SnapshotAction action, string branch, TableModel after)
    {
        if (Commit((TableAction)action) is not { } table) return;
        Refs[branch] = after;
        _snapshots[action.SnapshotId!.Value] = (after, table.Metadata.FindSnapshot(action.SnapshotId!.Value)!.SchemaId!.Value);
        Know(table.Metadata);
    }

    /// <summary>The table as committed; null if there was nothing to do, or if the refs to be moved had moved. Comes back with the same action while its outcome is open.</summary>
    private Table? Commit(TableAction action)
    {
        BeforeCommit();
        var result = RestRun.Persistently(() => committer.Commit(ident, action));
        Assert.False(result.MayHaveLanded);
        if (result.Status == CommitStatus.Aborted) Assert.True(action is ManageRefs, result.Reason);
        if (action is not SnapshotAction) Know(result.Table.Metadata);
        return result.Status == CommitStatus.Committed ? result.Table : null;
    }

    /// <summary>A snapshot that another engine put between holds what its parent holds; one of ours that is not known landed twice, or when it should not have. So do those of jobs that change no row.</summary>
    public void Know(TableMetadata table, bool jobs = false)
    {
        foreach (var snapshot in table.Snapshots.Where(s => !_snapshots.ContainsKey(s.SnapshotId)))
        {
            if (!jobs) Assert.NotEqual("k2i", snapshot.Summary.GetValueOrDefault(SummaryKeys.EngineName));
            _snapshots[snapshot.SnapshotId] = (snapshot.ParentSnapshotId is { } parent ? _snapshots[parent].Model : TableModel.Empty, snapshot.SchemaId!.Value);
        }
    }

    private (ImmutableArray<DataFile> Added, ImmutableArray<DataFile> Replaced) Deletes(string branch, List<long> ids)
    {
        if (ids.Count == 0) return ([], []);
        var table = Table;
        var wanted = ids.ToHashSet();
        using var writer = new DeleteWriter(table, Store) { ShareFiles = ShareVectorFiles };
        var scan = new TableScan(table, Store, new ScanRequest { Reference = branch, Columns = ["id"] });
        foreach (var task in scan.Plan())
        {
            var positions = new RowPositions();
            using var reader = scan.Read([task]);
            while (reader.TryRead(out var rows))
                foreach (var row in Enumerable.Range(0, rows.Rows).Select(i => rows.Ordinal(i).Value))
                    if (wanted.Contains(rows.Batch.Columns[0].Value<long>(row))) positions.Add(rows.Start + row);
            writer.Delete(task, positions);
        }
        var deletes = writer.Finish();
        return (deletes.Added, deletes.Replaced);
    }

    private DataFile? Copy(Table table, TableScan scan, ImmutableArray<ScanTask> tasks)
    {
        var schema = table.Metadata.CurrentSchema;
        if (table.Metadata.FormatVersion >= 3) schema = new Schema(schema.SchemaId, new StructType([.. schema.Fields, .. scan.Schema.Fields.TakeLast(2)]));
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
        using (var reader = scan.Read(tasks))
        {
            while (reader.TryRead(out var rows))
            {
                for (var i = 0; i < rows.Rows; i++)
                {
                    for (var at = 0; at < schema.Fields.Length; at++)
                    {
                        var from = rows.Batch.Columns.First(c => c.Field.Id == schema.Fields[at].Id);
                        var row = rows.Ordinal(i).Value;
                        if (from.IsNull(row)) builder.Column(at).AppendNull();
                        else if (from.Layout == ColumnLayout.Bytes) builder.Column(at).AppendBytes(from.Bytes(row));
                        else if (from.Width == 4) builder.Column(at).AppendInt(from.Value<int>(row));
                        else builder.Column(at).AppendLong(from.Value<long>(row));
                    }
                    builder.EndRow();
                }
            }
        }
        if (builder.Rows == 0) return null;
        var first = tasks[0].Data.File;
        var location = $"{table.Metadata.Location}/data/compacted-{Guid.NewGuid():N}.parquet";
        using var target = Store.Create(location);
        using var parquet = new ParquetWriter(schema, ParquetOptions.Default, new ObjectSink(target));
        parquet.Write(builder.View(), 0, builder.Rows);
        var result = parquet.Finish();
        target.Complete();
        return new DataFileBuilder(table.Metadata).Build(location, result, first.SpecId, first.Partition);
    }

    private ImmutableArray<DataFile> Write(IReadOnlyCollection<KeyValuePair<long, ImmutableDictionary<int, string>>> rows)
    {
        if (rows.Count == 0) return [];
        var table = Table;
        var schema = table.Metadata.CurrentSchema;
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
        foreach (var (_, row) in rows)
        {
            for (var at = 0; at < schema.Fields.Length; at++)
            {
                var (field, column) = (schema.Fields[at], builder.Column(at));
                if (!row.TryGetValue(field.Id, out var text)) column.AppendNull();
                else if (field.Type.Kind == TypeKind.String) column.AppendBytes(Encoding.UTF8.GetBytes(text[1..^1]));
                else if (field.Type.Kind == TypeKind.Int) column.AppendInt(int.Parse(text, CultureInfo.InvariantCulture));
                else column.AppendLong(long.Parse(text, CultureInfo.InvariantCulture));
            }
            Assert.True(builder.EndRow());
        }
        return [.. ParquetFiles.Write(table, builder.View(), Store)];
    }

    private Dictionary<long, ImmutableDictionary<int, string>> NewRows(int count, string? category = null) => NewRows(Enumerable.Range(0, count).Select(_ => nextId++), category);

    private Dictionary<long, ImmutableDictionary<int, string>> NewRows(IEnumerable<long> ids, string? category = null)
    {
        var schema = Table.Metadata.CurrentSchema;
        return ids.ToDictionary(id => id, id =>
        {
            var row = ImmutableDictionary.CreateBuilder<int, string>();
            foreach (var field in schema.Fields)
            {
                if (field.Id == 1) row[1] = $"{id}";
                else if (field.Id == 2 && category is not null) row[2] = $"\"{category}\"";
                else if (random.Next(8) > 0) row[field.Id] = field.Id == 2 ? $"\"c{random.Next(4)}\"" : field.Type.Kind == TypeKind.String ? $"\"s{random.Next(1000)}\"" : $"{random.Next(-50, 50)}";
            }
            return row.ToImmutable();
        });
    }

    private List<string> Read(ScanRequest request, IEnumerable<ScanTask>? tasks = null)
    {
        var json = new RowJson();
        var scan = new TableScan(Table, Store, request);
        using var reader = tasks is null ? scan.Read() : scan.Read([.. tasks]);
        while (reader.TryRead(out var rows))
            for (var i = 0; i < rows.Rows; i++) json.AppendLine(rows.Batch, rows.Ordinal(i));
        return [.. Encoding.UTF8.GetString(json.Written).Split('\n')[..^1]];
    }

    private List<T> Some<T>(IEnumerable<T> from, double share) => [.. from.Where(_ => random.NextDouble() < share)];
}
