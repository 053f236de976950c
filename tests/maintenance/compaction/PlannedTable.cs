using System.Collections.Immutable;
using System.Globalization;

using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Storage;

namespace K2I.Maintenance.Tests;

/// <summary>A table that is nothing but what planners see of it; files come and are merged on paper.</summary>
internal sealed class PlannedTable
{
    private static readonly Schema Columns = Schema.Of(new Field(1, "id", PrimitiveType.Long, true),
        new Field(2, "p", PrimitiveType.Int, false));

    private readonly TableMetadata empty;
    private readonly List<Snapshot> snapshots = [];
    private readonly List<ScanTask> files = [];
    private long sequence;

    internal PlannedTable(string partitionBy = "p", params (string Key, string Value)[] properties)
    {
        var creation = new TableCreation
        {
            Schema = Columns,
            Spec = PartitionSpecText.Parse(partitionBy, Columns),
            Properties = TestTables.Strings(properties),
        };
        empty = new FileCatalog(new MemoryStore("memory://wh"), "memory://wh").Create(TestTables.Events, creation).Metadata;
    }

    internal CompactionPolicy Rules { get; set; } = new();

    internal long NowMs { get; set; } = 1_700_000_000_000;

    internal IReadOnlyList<ScanTask> Files => files;

    internal TableMetadata Metadata =>
        empty with { Snapshots = [.. snapshots], CurrentSnapshotId = snapshots.Count == 0 ? null : snapshots[^1].SnapshotId };

    internal string Add(long bytes, int partition = 0, int generation = 0, string operation = "append", int? sortOrder = 0,
        int deletedRows = 0, int deletes = 0, long age = 0, long keys = 0)
    {
        AddSnapshot(operation, age);
        var number = (int)(sequence % 100_000);
        var name = generation > 0 ? Generation.NameOf(number, generation, new Guid((int)sequence, 0, 0, new byte[8]))
            : string.Create(CultureInfo.InvariantCulture, $"{number:D5}-1-{sequence}.parquet");
        var file = new DataFile
        {
            FilePath = $"memory://wh/data/{name}",
            SpecId = empty.DefaultSpecId,
            Partition = Partition(partition),
            RecordCount = 1000,
            FileSizeBytes = bytes,
            SortOrderId = sortOrder,
        };
        var taken = Enumerable.Range(0, Math.Max(deletes, deletedRows > 0 ? 1 : 0)).Select(n => Entry(new DataFile
        {
            Content = FileContent.PositionDeletes,
            FilePath = $"{file.FilePath}-{n}",
            RecordCount = deletedRows,
            FileSizeBytes = 100,
            ReferencedDataFile = n == 0 ? file.FilePath : "another",
        }));
        var data = Entry(file);
        if (age > 0) AddSnapshot("delete", 0);
        if (keys > 0)
            taken = taken.Append(Entry(new DataFile
            {
                Content = FileContent.EqualityDeletes,
                FilePath = $"{file.FilePath}-keys",
                RecordCount = keys,
                FileSizeBytes = 100,
            }));
        files.Add(new ScanTask(data, [.. taken]));
        return file.FilePath;
    }

    internal ImmutableArray<CompactionPlan> Plan(RetentionPolicy? retention = null) =>
        CompactionPlanner.Plan(State(), new MaintenancePolicy { Compaction = Rules, Retention = retention }, NowMs);

    internal TableShape Shape() => TableShape.Of(State(), new MaintenancePolicy { Compaction = Rules });

    internal TableInventory State() => new(new Table(TestTables.Events, Metadata, ""), Metadata.CurrentSnapshot, [], [.. files]);

    /// <summary>What a job of the plan would do; files of other sizes than the plan's come out only at the end.</summary>
    internal IEnumerable<string> Do(CompactionPlan plan)
    {
        foreach (var input in plan.Inputs) Assert.True(files.Remove(input));
        var left = plan.Inputs.Sum(t => t.Data.File.FileSizeBytes);
        var partition = plan.Inputs[0].Data.File.Partition is { Length: 1 } tuple ? (int)SingleValue.ToLong(tuple[0]!) : 0;
        for (; left > 0; left -= plan.FileBytes) yield return Add(Math.Min(left, plan.FileBytes), partition, plan.Generation, "replace");
    }

    private void AddSnapshot(string operation, long age)
    {
        snapshots.Add(new Snapshot
        {
            SnapshotId = new(++sequence),
            SequenceNumber = sequence,
            TimestampMs = NowMs - age,
            ManifestList = "",
            Summary = TestTables.Strings((SummaryKeys.Operation, operation)),
        });
        if (snapshots.Count > 200) snapshots.RemoveAt(0);
    }

    private PartitionTuple Partition(int value) => empty.DefaultSpec.Fields.IsEmpty ? PartitionTuple.Empty
        : new([SingleValue.OfInt(value)]);

    private ManifestEntry Entry(DataFile file) => new(EntryStatus.Added, new(sequence), sequence, sequence, file);
}
