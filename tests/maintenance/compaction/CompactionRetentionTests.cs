using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Memory;

namespace K2I.Maintenance.Tests;

/// <summary>Rows that are older than they are kept are not written again.</summary>
public sealed class CompactionRetentionTests
{
    private const long DayMs = 86_400_000;

    [Theory]
    [InlineData("timestamptz", 1000)]
    [InlineData("timestamp", 1000)]
    [InlineData("date", 0)]
    [InlineData("timestamp_ns", 1_000_000)]
    [InlineData("timestamptz_ns", 1_000_000)]
    public void OldRowsAreLeftOutAndThoseWithoutATimeAreNot(string type, long perMs)
    {
        Assert.True(PrimitiveType.TryParse(type, out var time));
        var column = new Field(2, "at", time, false);
        var schema = Schema.Of(new Field(1, "id", PrimitiveType.Long, true), column);
        using var table = MaintainedTable.InMemory(schema, "", 3);
        for (var file = 0; file < 3; file++)
        {
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
            for (var row = 0; row < 10; row++)
            {
                var atMs = table.Clock.UnixMs - (row * DayMs);
                builder.Column(0).AppendLong((file * 10) + row);
                if (row == 9) builder.Column(1).AppendNull();
                else if (perMs == 0) builder.Column(1).AppendInt((int)(atMs / DayMs));
                else builder.Column(1).AppendLong(atMs * perMs);
                Assert.True(builder.EndRow());
            }
            table.Commit(new AppendFiles { Files = [.. ParquetFiles.Write(table.Table, builder.View(), table.Store)] });
        }
        table.Policy = table.Policy with { Retention = new RetentionPolicy("at", (5 * DayMs) + (DayMs / 2)) };
        Assert.All(table.Keep(), o => Assert.Null(o.Conflict));
        // Of dates, the one that the limit falls into is kept.
        Assert.Equal(21, table.Rows().Count);
        // Readers of changes have to know that rows went.
        Assert.Equal("overwrite", table.Table.Metadata.CurrentSnapshot!.Operation);
        table.Lint();
    }

    [Fact]
    public void WhereNothingIsOldNothingIsOverwritten()
    {
        var schema = Schema.Of(new Field(1, "id", PrimitiveType.Long, true), new Field(2, "at", PrimitiveType.TimestampTz, true));
        using var table = MaintainedTable.InMemory(schema);
        for (var n = 0; n < 3; n++) table.Append(20);
        table.Policy = table.Policy with { Retention = new RetentionPolicy("at", 36_500 * DayMs) };
        Assert.NotEmpty(table.Keep());
        Assert.Equal(60, table.Rows().Count);
        Assert.Equal("replace", table.Table.Metadata.CurrentSnapshot!.Operation);
    }
}
