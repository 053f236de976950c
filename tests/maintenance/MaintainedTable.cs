using System.Collections.Immutable;
using System.Text;

using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Memory;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Maintenance.Tests;

/// <summary>A table that tests fill, delete from, change and keep in shape. Time passes when it is told to.</summary>
internal sealed class MaintainedTable : IDisposable
{
    private readonly TableCommitter committer;
    private readonly RandomRows randomRows;

    internal MaintainedTable(IObjectStore store, string warehouse, Schema schema, string partitionBy = "", int formatVersion = 2,
        int seed = 1, params (string Key, string Value)[] properties)
    {
        (Random, Store) = (new Random(seed), store);
        randomRows = new(Random);
        Catalog = new FileCatalog(store, warehouse, Clock);
        committer = new TableCommitter(Catalog, store, clock: Clock);
        Catalog.Create(TestTables.Events, new TableCreation
        {
            Schema = schema,
            Spec = PartitionSpecText.Parse(partitionBy, schema),
            FormatVersion = formatVersion,
            Properties = TestTables.Strings(properties),
        });
        Context = new JobContext
        {
            Ident = TestTables.Events,
            Catalog = Catalog,
            Store = store,
            Use = Use,
            Buffers = Buffers,
            Clock = Clock,
        };
    }

    internal FakeClock Clock { get; } = new();

    internal Random Random { get; }

    internal IObjectStore Store { get; }

    internal FileCatalog Catalog { get; }

    internal ParquetBuffers Buffers { get; } = new(limitBytes: 256L << 20);

    internal KnownUse Use { get; } = new();

    internal JobContext Context { get; set; }

    /// <summary>Files are merged, whatever their age, and nothing else is done.</summary>
    internal static MaintenancePolicy MergesOnly { get; } = new()
    {
        Compaction = new() { SettleMs = 0, QuietMs = 0 },
        Expiry = null,
        Orphans = null,
        Manifests = null,
        Statistics = null,
    };

    internal MaintenancePolicy Policy { get; set; } = MergesOnly;

    internal Table Table => Catalog.Load(TestTables.Events);

    public void Dispose() => Buffers.Dispose();

    internal static MaintainedTable InMemory(Schema schema, string partitionBy = "", int formatVersion = 2, int seed = 1,
        params (string Key, string Value)[] properties) =>
        new(new MemoryStore("memory://wh"), "memory://wh", schema, partitionBy, formatVersion, seed, properties);

    internal void Append(int rows)
    {
        using var batch = randomRows.Fill(Table.Metadata.CurrentSchema, rows);
        Commit(new AppendFiles { Files = [.. ParquetFiles.Write(Table, batch.View(), Store)] });
    }

    /// <summary>Rows in a file of several row groups, with Bloom filters.</summary>
    internal void AppendInGroups(int rows, params ReadOnlySpan<string> filtered)
    {
        var schema = Table.Metadata.CurrentSchema;
        using var batch = randomRows.Fill(schema, rows);
        var view = batch.View();
        var files = new DataFileBuilder(Table.Metadata);
        var options = ParquetOptions.Default with { RowGroupBytes = 12_000, PageRows = 50, BloomFilters = [.. filtered] };
        using var output = new DataFileOutput(
            files, Table.Metadata.DefaultSpec, PartitionTuple.Empty, schema, options,
            Store.Create(files.LocationFor(Table.Metadata.DefaultSpec, PartitionTuple.Empty, $"{Guid.NewGuid():N}.parquet")),
                buffers: Buffers);
        output.Writer.Write(view, 0, rows);
        Commit(new AppendFiles { Files = [output.Finish()] });
    }

    internal CommitResult Commit(TableAction action)
    {
        Clock.Pass(1000);
        return committer.Commit(TestTables.Events, action);
    }

    /// <summary>Deletes rows by position: files of deletes in version 2, vectors in version 3.</summary>
    internal void Delete(Func<ScanTask, long, bool> takes)
    {
        var table = Table;
        using var writer = new DeleteWriter(table, Store);
        foreach (var task in new TableScan(table, Store).Plan())
        {
            var positions = new RowPositions();
            for (long row = 0; row < task.Data.File.RecordCount; row++)
                if (takes(task, row)) positions.Add(row);
            writer.Delete(task, positions);
        }
        var deletes = writer.Finish();
        if (!deletes.Added.IsEmpty) Commit(new RowDelta { DeleteFiles = deletes.Added, ReplacedDeletes = deletes.Replaced });
    }

    /// <summary>Deletes the rows of a partition that have one of these values in a column of type long.</summary>
    internal void DeleteEqual(Field column, IReadOnlyList<long> values, PartitionTuple partition, int? specId = null)
    {
        var table = Table;
        var schema = Schema.Of(column);
        var location = $"{table.Metadata.Location}/data/eq-{Guid.NewGuid():N}.parquet";
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
        foreach (var value in values)
        {
            builder.Column(0).AppendLong(value);
            builder.EndRow();
        }
        using var target = Store.Create(location);
        using var writer = new ParquetWriter(schema, ParquetOptions.Default, new ObjectSink(target));
        writer.Write(builder.View(), 0, values.Count);
        var result = writer.Finish();
        target.Complete();
        Commit(new RowDelta
        {
            DeleteFiles =
            [
                new DataFile
                {
                    Content = FileContent.EqualityDeletes,
                    EqualityIds = [column.Id],
                    FilePath = location,
                    SpecId = specId ?? table.Metadata.DefaultSpecId,
                    Partition = partition,
                    RecordCount = values.Count,
                    FileSizeBytes = result.Bytes,
                },
            ],
        });
    }

    internal ImmutableArray<JobPlan> Plan() => new Planner(Policy, [], Clock.UnixMs).Plan(TableInventory.Read(Table, Store, Policy));

    internal static JobOutcome Run(JobPlan plan, JobContext context)
    {
        using var job = plan.Start(context);
        while (job.Step()) Assert.InRange(job.Progress, 0, 1);
        return job.Outcome!;
    }

    /// <summary>Does all that is planned, as often as something is. Returns how each job ended.</summary>
    internal List<JobOutcome> Keep()
    {
        var outcomes = new List<JobOutcome>();
        while (Plan() is { Length: > 0 } plans)
        {
            Assert.True(outcomes.Count < 100);
            foreach (var plan in plans) outcomes.Add(Run(plan, Context));
        }
        return outcomes;
    }

    /// <summary>The rows as lines, in the order that they are read; with their ids and sequence numbers where asked for.</summary>
    internal List<string> Rows(bool lineage = false)
    {
        var json = new RowJson();
        using var reader = new TableScan(Table, Store, new ScanRequest { RowLineage = lineage }).Read(Buffers);
        while (reader.TryRead(out var rows))
            for (var i = 0; i < rows.Rows; i++) json.AppendLine(rows.Batch, rows.Ordinal(i));
        return [.. Encoding.UTF8.GetString(json.Written).Split('\n')[..^1]];
    }

    internal List<string> SortedRows(bool lineage = false) => [.. Rows(lineage).Order(StringComparer.Ordinal)];

    internal ImmutableArray<ScanTask> Files() => new TableScan(Table, Store).Plan();

    /// <summary>Nothing that can be looked up breaks a rule of the format. Deletes whose files are gone are legal.</summary>
    internal void Lint(bool orphans = false)
    {
        var findings = new TableLinter(Store).Check(Table, new LintOptions { Deep = true, Orphans = orphans })
            .Where(f => f.Rule != "delete-dangling").ToList();
        Assert.True(findings.Count == 0, string.Join('\n', findings.Take(10)));
    }

    /// <summary>Carries what tests can look for.</summary>
    internal sealed class KnownUse : ITableUse
    {
        public ImmutableSortedDictionary<string, string> SummaryOf(Table table) =>
            TestTables.Strings(("test.base", $"{table.Metadata.CurrentSnapshotId}"));

        public ImmutableSortedDictionary<string, string> FileMetadataOf(IReadOnlyList<IReadOnlyDictionary<string, string>> replaced) =>
            TestTables.Strings(("test.replaced", $"{replaced.Count}"));

        public ImmutableHashSet<SnapshotId> SnapshotsInUse() => [];

        public bool IsInUse(string location) => false;
    }
}
