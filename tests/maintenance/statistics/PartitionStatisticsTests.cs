using System.Text;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Memory;
using K2I.Parquet;

namespace K2I.Maintenance.Tests;

/// <summary>Files, rows and deletes are counted by partition, over all specs that the table has had.</summary>
public sealed class PartitionStatisticsTests : IDisposable
{
    private readonly List<KeptTable> tables = [];

    public void Dispose() => tables.ForEach(t => t.Dispose());

    [Fact]
    public void EachPartitionHasARowWithWhatLiesInIt()
    {
        var kept = Table("name");
        Append(kept, 0, 10, "b");
        Append(kept, 10, 15, "a");
        Append(kept, 15, 17, "a");
        Append(kept, 17, 18, null);
        Count(kept);
        var bytes = new ManifestReader(kept.Stored).LiveEntries(kept.Table.Metadata, kept.Table.Metadata.CurrentSnapshot!)
            .GroupBy(e => Text(e.File.Partition[0])).ToDictionary(g => g.Key, g => g.Sum(e => e.File.FileSizeBytes));
        var ids = kept.Table.Metadata.Snapshots.Select(s => s.SnapshotId.Value).ToArray();
        Assert.Equal(
        [
            $"""{null} spec 0: 1 in 1, {bytes[""]} bytes, deletes 0 in 0, 0 in 0, by {ids[3]}""",
            $"""a spec 0: 7 in 2, {bytes["a"]} bytes, deletes 0 in 0, 0 in 0, by {ids[2]}""",
            $"""b spec 0: 10 in 1, {bytes["b"]} bytes, deletes 0 in 0, 0 in 0, by {ids[0]}""",
        ], Rows(kept));
        kept.RequireWhole();
    }

    [Theory]
    [InlineData(2, "3 in 1", null)]
    [InlineData(3, "3 in 0", 1)]
    public void DeletesAreCountedAndVectorsByThemselves(int formatVersion, string deletes, int? vectors)
    {
        var kept = Table("name", formatVersion);
        Append(kept, 0, 10, "a");
        var table = kept.Table;
        using (var writer = new DeleteWriter(table, kept.Stored))
        {
            var gone = new RowPositions();
            foreach (var position in (long[])[1, 3, 4]) gone.Add(position);
            writer.Delete(new TableScan(table, kept.Stored).Plan().Single(), gone);
            kept.Commit(new RowDelta { DeleteFiles = writer.Finish().Added });
        }
        Count(kept);
        Assert.Contains($"deletes {deletes}, 0 in 0", Assert.Single(Rows(kept)), StringComparison.Ordinal);
        using var reader = Open(kept);
        if (vectors is null) Assert.DoesNotContain(reader.Schema.Fields, f => f.Name == "dv_count");
        else Assert.True(reader.TryRead(out var batch) && batch.Columns[12].Value<int>(0) == vectors);
    }

    [Fact]
    public void PartitionsOfSeveralSpecsStandInOneStruct()
    {
        var kept = Table("name");
        Append(kept, 0, 10, "a");
        kept.Commit(new UpdateSpec("bucket(4, id)"));
        Append(kept, 1, 2, "a");
        Count(kept);
        using var reader = Open(kept);
        var partition = (StructType)reader.Schema.Fields[0].Type;
        Assert.Equal([(1000, "name"), (1001, "id_bucket")], partition.Fields.Select(f => (f.Id, f.Name)));
        Assert.Equal(2, Rows(kept).Count);
    }

    [Fact]
    public void ATableWithoutPartitionsHasNone()
    {
        var kept = Table("");
        Append(kept, 0, 10, "a");
        Count(kept);
        Assert.Empty(kept.Table.Metadata.PartitionStatistics);
    }

    private KeptTable Table(string partitionBy, int formatVersion = 2)
    {
        var table = new KeptTable(partitionBy, formatVersion);
        tables.Add(table);
        return table;
    }

    private static void Count(KeptTable kept)
    {
        kept.Run(StatisticsPlanner.Plan(kept.Table.Metadata, StatisticsPolicy.Always));
        Assert.Equal(kept.Table.Metadata.CurrentSnapshotId, kept.Table.Metadata.Statistics[^1].SnapshotId);
    }

    private static ParquetReader Open(KeptTable kept)
    {
        var statistics = Assert.Single(kept.Table.Metadata.PartitionStatistics);
        Assert.Equal(kept.Stored.Length(statistics.Path), statistics.FileSizeBytes);
        return new ParquetReader(new MemorySource("partition statistics", kept.Stored.Read(statistics.Path)));
    }

    private static List<string> Rows(KeptTable kept)
    {
        using var reader = Open(kept);
        var rows = new List<string>();
        while (reader.TryRead(out var batch))
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                long Long(int column) => batch.Columns[column].Value<long>(row);
                int Int(int column) => batch.Columns[column].Value<int>(row);
                var name = batch.Columns[0].Children[0];
                Assert.True(batch.Columns[9].IsNull(row));
                rows.Add($"{(name.IsNull(row) ? null : Text(name.Bytes(row)))} spec {Int(1)}: {Long(2)} in {Int(3)}, {Long(4)} bytes, "
                    + $"deletes {Long(5)} in {Int(6)}, {Long(7)} in {Int(8)}, by {Long(11)}");
            }
        }
        return rows;
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value);

    private static void Append(KeptTable kept, int from, int to, string? name)
    {
        var table = kept.Table;
        using var builder = new BatchBuilder(table.Metadata.CurrentSchema, MemoryTag.Scratch, 1 << 20);
        for (var id = from; id < to; id++)
        {
            builder.Column(0).AppendLong(id);
            if (name is null) builder.Column(1).AppendNull();
            else builder.Column(1).AppendBytes(Encoding.UTF8.GetBytes(name));
            builder.Column(2).AppendLong(5);
            Assert.True(builder.EndRow());
        }
        kept.Commit(TestTables.Append([.. ParquetFiles.Write(table, builder.View(), kept.Stored)]));
    }
}
