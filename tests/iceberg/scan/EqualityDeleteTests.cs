using K2I.Columns;
using K2I.Memory;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Which rows equality deletes take: by sequence number, partition and the value of the row, whatever type the column has by now.</summary>
public sealed class EqualityDeleteTests : IDisposable
{
    private static readonly Schema Columns = Schema.Of(new Field(1, "id", PrimitiveType.Long, true), new Field(2, "n", PrimitiveType.Int, false));

    private readonly TempFolder folder = new();
    private readonly LocalStore store;
    private readonly FileCatalog catalog;
    private readonly TableCommitter committer;

    public EqualityDeleteTests()
    {
        store = new LocalStore(folder.Path);
        catalog = new FileCatalog(store, store.Root);
        committer = TestTables.Committer(catalog, store);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AColumnThatWasWidenedSinceTakesTheSameRowsInEverySnapshot()
    {
        Create("");
        Append(1, 2, 3, 4);
        var old = DeleteEqual([2, null], "");
        committer.Commit(TestTables.Events, new UpdateSchema().Widen("n", PrimitiveType.Long));
        Append(2, 5);
        var middle = DeleteEqual([5], "");
        Assert.Equal([1, 3, 4], Rows(old));
        Assert.Equal([1, 2, 3, 4], Rows(middle));
        Assert.Equal([1, 2, 3, 4], Rows(null));
    }

    [Fact]
    public void OnlyOlderRowsOfTheSamePartitionAreTakenAndOfAllPartitionsByAGlobalDelete()
    {
        Create("bucket(4, id)");
        Append(1, 2, 3, 4, 5, 6, 7, 8);
        Append(8);
        // The deletes of one partition say nothing of the others.
        var table = catalog.Load(TestTables.Events);
        var first = new TableScan(table, store).Plan().First(t => t.Data.SequenceNumber == 1).Data.File;
        var inFirst = Rows(null, f => f == first.FilePath);
        DeleteEqual([1, 2, 3, 4, 5, 6, 7, 8], "bucket(4, id)", first.Partition);
        long[] rest = [.. Enumerable.Range(1, 8).Select(i => (long)i).Append(8).Where(i => !inFirst.Contains(i))];
        Assert.Equal(rest, Rows(null));
        committer.Commit(TestTables.Events, new UpdateSpec(""));
        DeleteEqual([8], "");
        Append(8);
        Assert.Equal([.. rest.Where(i => i != 8), 8], Rows(null));
    }

    private void Create(string spec) => committer.LoadOrCreate(TestTables.Events, new TableCreation { Schema = Columns, Spec = PartitionSpecText.Parse(spec, Columns) });

    /// <summary>Rows whose number is their id.</summary>
    private void Append(params long[] ids)
    {
        var table = catalog.Load(TestTables.Events);
        using var builder = new BatchBuilder(table.Metadata.CurrentSchema, MemoryTag.Scratch, 1 << 20);
        foreach (var id in ids)
        {
            builder.Column(0).AppendLong(id);
            if (table.Metadata.CurrentSchema.Fields[1].Type.Kind == TypeKind.Int) builder.Column(1).AppendInt((int)id);
            else builder.Column(1).AppendLong(id);
            builder.EndRow();
        }
        committer.Commit(TestTables.Events, TestTables.Append([.. ParquetFiles.Write(table, builder.View(), store)]));
    }

    private SnapshotId DeleteEqual(int?[] numbers, string spec, PartitionTuple? partition = null)
    {
        var table = catalog.Load(TestTables.Events);
        var schema = new Schema(0, new StructType([table.Metadata.CurrentSchema.Fields[1]]));
        var location = $"{table.Metadata.Location}/data/eq-{Guid.NewGuid():N}.parquet";
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
        foreach (var number in numbers)
        {
            if (number is null) builder.Column(0).AppendNull();
            else if (schema.Fields[0].Type.Kind == TypeKind.Int) builder.Column(0).AppendInt(number.Value);
            else builder.Column(0).AppendLong(number.Value);
            builder.EndRow();
        }
        using var target = store.Create(location);
        using var writer = new ParquetWriter(schema, ParquetOptions.Default, new ObjectSink(target));
        writer.Write(builder.View(), 0, numbers.Length);
        var result = writer.Finish();
        target.Complete();
        var file = new DataFile
        {
            Content = FileContent.EqualityDeletes,
            EqualityIds = [2],
            FilePath = location,
            SpecId = table.Metadata.Specs.Last(s => s.DividesLike(PartitionSpecText.Parse(spec, table.Metadata.CurrentSchema, table.Metadata))).SpecId,
            Partition = partition ?? PartitionTuple.Empty,
            RecordCount = numbers.Length,
            FileSizeBytes = result.Bytes,
        };
        return committer.Commit(TestTables.Events, new RowDelta { DeleteFiles = [file] }).Table.Metadata.CurrentSnapshotId!.Value;
    }

    private List<long> Rows(SnapshotId? snapshot, Func<string, bool>? ofFile = null)
    {
        var rows = new List<long>();
        var scan = new TableScan(catalog.Load(TestTables.Events), store, new ScanRequest { SnapshotId = snapshot, Columns = ["id"] });
        using var reader = scan.Read([.. scan.Plan().Where(t => ofFile?.Invoke(t.Data.File.FilePath) != false)]);
        while (reader.TryRead(out var batch))
            for (var i = 0; i < batch.Rows; i++) rows.Add(batch.Batch.Columns[0].Value<long>(batch.Ordinal(i).Value));
        rows.Sort();
        return rows;
    }
}
