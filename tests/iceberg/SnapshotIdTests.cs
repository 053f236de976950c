using System.Text;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

public sealed class SnapshotIdTests
{
    [Fact]
    public void TextIsTheDecimalNumber()
    {
        Assert.Equal("9007199254740993", $"{new SnapshotId(9007199254740993)}");
        Assert.Equal("-7", new SnapshotId(-7).ToString());
    }

    [Theory]
    [InlineData(2, "\"current-snapshot-id\":-1")]
    [InlineData(3, "\"current-snapshot-id\":null")]
    public void TableWithoutASnapshotHasNoneHoweverItIsWritten(int version, string written)
    {
        var table = TestTables.Creation("bucket(4, id)", version).Build(TestTables.Events, "uuid-1", "memory://wh/t", 1000);
        var bytes = TableMetadataJson.ToBytes(table);
        Assert.Contains(written, Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Null(TableMetadataJson.Parse(bytes, "t").CurrentSnapshotId);
        Assert.Null(table.CurrentSnapshot);
    }

    [Fact]
    public void ParentOfMinusOneIsNone()
    {
        using var json = System.Text.Json.JsonDocument.Parse("""{"snapshot-id":-2,"parent-snapshot-id":-1,"sequence-number":1,"timestamp-ms":4,"manifest-list":"l","summary":{}}""");
        var snapshot = SnapshotJson.Read(json.RootElement, 2, "t");
        Assert.Equal((new SnapshotId(-2), null), (snapshot.SnapshotId, snapshot.ParentSnapshotId));
    }

    [Fact]
    public void PuffinBlobWithoutASnapshotIsWrittenWithMinusOne()
    {
        var store = new MemoryStore();
        using (var target = store.Create("memory://store/p.puffin"))
        {
            var writer = new PuffinWriter(target);
            writer.Add(new PuffinBlob("of-none", [1], null, -1, 0, 0), [1]);
            writer.Add(new PuffinBlob("of-one", [1], new(5), 6, 0, 0), [2]);
            writer.Finish();
            target.Complete();
        }
        Assert.Contains("\"snapshot-id\":-1", Encoding.UTF8.GetString(store.Read("memory://store/p.puffin")), StringComparison.Ordinal);
        using var file = PuffinFile.Open(store, "memory://store/p.puffin");
        Assert.Equal([null, new SnapshotId(5)], file.Blobs.Select(b => b.SnapshotId));
    }
}
