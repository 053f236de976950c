using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;
using K2I.Cli.Demo;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Maintenance;
using K2I.Memory;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Cli.Bench;

/// <summary>
/// Compaction alone, by one thread in memory: files of the demo's events put together by copying, by encoding anew, and sorted.
/// </summary>
internal sealed class CompactBench(CompactBenchOptions options, TextWriter output)
{
    private const ulong Seed = 42;
    private const long StartUnixMs = 1_764_547_200_000;

    private static readonly TableIdent Ident = TableIdent.Parse("bench.events");

    private readonly MemoryStore store = new();
    private readonly List<CompactBenchRow> rows = [];

    internal void Run()
    {
        using var buffers = new ParquetBuffers();
        var catalog = new FileCatalog(store, store.Root);
        var schema = FieldIds.NewSchema(ColumnText.Parse(EventGenerator.Columns));
        catalog.Create(Ident, new TableCreation { Schema = schema, FormatVersion = options.FormatVersion });
        var committer = new TableCommitter(catalog, store);
        committer.Commit(Ident,
            new AppendFiles { Files = [.. Enumerable.Range(0, options.Files).Select(n => Fill(catalog.Load(Ident), n, buffers))] });
        var context = new JobContext { Ident = Ident, Catalog = catalog, Store = store, Use = new NoUse(), Buffers = buffers };
        var rules = new CompactionPolicy { SettleMs = 0, QuietMs = 0, TargetFileBytes = 4L << 30, MostJobBytes = long.MaxValue };
        Measure("copied", context, rules with { LeastRowGroupBytes = 1 });
        Measure("encoded anew", context, rules with { LeastRowGroupBytes = long.MaxValue });
        Measure("sorted by user_id", context, rules with { Order = new(RowOrderKind.Sorted, ["user_id"]) });
        Measure("z-order, two columns", context, rules with { Order = new(RowOrderKind.ZOrder, ["user_id", "event_time"]) });
        if (options.Json) CompactBenchRow.PrintJson(rows, output);
        else CompactBenchRow.PrintTable(rows, output);
    }

    private DataFile Fill(Table table, int number, ParquetBuffers buffers)
    {
        var schema = table.Metadata.CurrentSchema;
        var decoder = new JsonDecoder(schema);
        var events = new EventGenerator(Seed, StartUnixMs);
        var files = new DataFileBuilder(table.Metadata);
        var name = string.Create(CultureInfo.InvariantCulture, $"{number:D5}.parquet");
        var target = store.Create(files.LocationFor(table.Metadata.DefaultSpec, PartitionTuple.Empty, name));
        using var file = new DataFileOutput(files, table.Metadata.DefaultSpec, PartitionTuple.Empty, schema, ParquetOptions.Default,
            target, buffers: buffers);
        using var batch = new BatchBuilder(schema, MemoryTag.Scratch, 16 << 20);
        var share = options.Rows / options.Files;
        for (long row = (long)number * share; row < (number + 1L) * share; row++)
        {
            events.Make(row);
            Check.That(decoder.Decode(new RecordInput(events.Value), batch) == DecodeStatus.Ok && batch.EndRow());
            if (!batch.IsFull) continue;
            file.Writer.Write(batch.View(), 0, batch.Rows);
            batch.Reset();
        }
        file.Writer.Write(batch.View(), 0, batch.Rows);
        return file.Finish();
    }

    private void Measure(string what, JobContext context, CompactionPolicy rules)
    {
        CompactBenchRow? best = null;
        var policy = new MaintenancePolicy { Compaction = rules };
        for (var round = 0; round < options.Rounds; round++)
        {
            var table = context.Catalog.Load(Ident);
            var plan = new Planner(policy, [], long.MaxValue).Plan(TableInventory.Read(table, store, policy))[0];
            GC.Collect();
            var before = Usage.Now();
            using var job = plan.Start(context);
            while (job.Step())
            {
            }
            var after = Usage.Now();
            var done = job.Outcome!;
            Check.That(done.Conflict is null);
            var cpu = after.CpuSeconds(before);
            if (best is null || best.BytesPerCpuSecond < done.BytesRead / cpu)
                best = new(
                    what, done.RowsRewritten / after.Seconds(before), done.BytesRead / cpu, cpu / done.RowsRewritten * 1e9,
                    done.BytesRead, done.BytesWritten);
            // The next turn begins with the same files.
            foreach (var file in new TableScan(context.Catalog.Load(Ident), store).Plan()) store.Delete(file.Data.File.FilePath);
            new TableCommitter(context.Catalog, store).Commit(Ident, new ManageRefs().RollbackTo(table.Metadata.CurrentSnapshotId!.Value));
        }
        rows.Add(best!);
    }

    /// <summary>A table that nobody else works with.</summary>
    private sealed class NoUse : ITableUse
    {
        private static readonly ImmutableSortedDictionary<string, string> Nothing = ImmutableSortedDictionary<string, string>.Empty;

        public ImmutableSortedDictionary<string, string> SummaryOf(Table table) => Nothing;

        public ImmutableSortedDictionary<string,
            string> FileMetadataOf(IReadOnlyList<IReadOnlyDictionary<string, string>> replaced) => Nothing;

        public ImmutableHashSet<SnapshotId> SnapshotsInUse() => [];

        public bool IsInUse(string location) => false;
    }
}
