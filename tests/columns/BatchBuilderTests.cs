using System.Text;
using K2I.Memory;

namespace K2I.Columns.Tests;

public sealed class BatchBuilderTests
{
    private static readonly Schema Nested = Schema.Of(
        new Field(1, "id", PrimitiveType.Long, true),
        new Field(2, "name", PrimitiveType.String, false),
        new Field(3, "point", new StructType([new Field(6, "x", PrimitiveType.Double, false), new Field(7, "y", PrimitiveType.Double, true)]), false),
        new Field(4, "tags", ListType.Of(8, PrimitiveType.String), false),
        new Field(5, "counts", MapType.Of(9, PrimitiveType.String, 10, PrimitiveType.Int), false));

    [Fact]
    public void RowsReadBackAsWritten()
    {
        using var builder = new BatchBuilder(Nested, MemoryTag.Scratch, 1 << 20);
        AppendRow(builder, 1, "a", (1.5, 2.5), ["x", null], [("k", 1)]);
        AppendRow(builder, 2, null, null, null, null);
        AppendRow(builder, 3, "", (null, 0), [], []);
        var batch = builder.View();

        Assert.Equal([1L, 2L, 3L], batch.Columns[0].Values<long>().ToArray());
        Assert.Equal("a", Text(batch.Columns[1], 0));
        Assert.True(batch.Columns[1].IsNull(1));
        Assert.Equal("", Text(batch.Columns[1], 2));
        var point = batch.Columns[2];
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(point.IsNull));
        Assert.Equal(1.5, point.Children[0].Value<double>(0));
        Assert.True(point.Children[0].IsNull(2));
        Assert.Equal([0, 2, 2, 2], batch.Columns[3].Offsets.ToArray());
        Assert.True(batch.Columns[3].Children[0].IsNull(1));
        Assert.Equal([0, 1, 1, 1], batch.Columns[4].Offsets.ToArray());
        Assert.Equal("k", Text(batch.Columns[4].Children[0].Children[0], 0));
    }

    [Fact]
    public void AbandonedRowLeavesItsNeighboursIntact()
    {
        using var builder = new BatchBuilder(Nested, MemoryTag.Scratch, 1 << 20);
        AppendRow(builder, 1, "a", (1, 2), ["x"], [("k", 1)]);
        builder.Column(0).AppendLong(99);
        builder.Column(1).AppendNull();
        builder.Column(2).Child(0).AppendNull();
        builder.Column(3).Child(0).AppendBytes("lost"u8);
        builder.Column(4).Child(0).Child(0).AppendBytes("lost"u8);
        builder.AbandonRow();
        AppendRow(builder, 2, "b", (3, 4), ["y", "z"], [("m", null)]);
        var batch = builder.View();
        Assert.Equal(2, batch.Rows);
        Assert.Equal([1L, 2L], batch.Columns[0].Values<long>().ToArray());
        Assert.False(batch.Columns[1].IsNull(1));
        Assert.Equal([0, 1, 3], batch.Columns[3].Offsets.ToArray());
        Assert.Equal("z", Text(batch.Columns[3].Children[0], 2));
        Assert.Equal("m", Text(batch.Columns[4].Children[0].Children[0], 1));
        Assert.True(batch.Columns[4].Children[0].Children[1].IsNull(1));
    }

    [Fact]
    public void ViewsStayValidWhileRowsAreAppended()
    {
        using var builder = new BatchBuilder(Nested, MemoryTag.Scratch, 8 << 20);
        AppendRow(builder, 1, "first", (1, 2), ["x"], null);
        var early = builder.View();
        for (var i = 2; i <= 20_000; i++) AppendRow(builder, i, "n" + i, null, ["t"], null);
        Assert.Equal("first", Text(early.Columns[1], 0));
        Assert.Equal(1, early.Columns[0].Length);
        var late = builder.View();
        Assert.Equal("n20000", Text(late.Columns[1], 19_999));
        Assert.Equal(20_000, late.Columns[0].Value<long>(19_999));
    }

    [Fact]
    public void RowThatDoesNotFitIsRefusedWhole()
    {
        using var builder = new BatchBuilder(Nested, MemoryTag.Scratch, 64 << 10);
        AppendRow(builder, 1, "kept", null, null, null);
        builder.Column(0).AppendLong(2);
        builder.Column(1).AppendBytes(new byte[70_000]);
        Assert.True(builder.Column(1).Overflow);
        Assert.Null(builder.FillMissing());
        Assert.False(builder.EndRow());
        Assert.Equal(1, builder.Rows);
        AppendRow(builder, 3, "next", null, null, null);
        Assert.Equal("next", Text(builder.View().Columns[1], 1));
    }

    [Fact]
    public void ManyEmptyStructsInOneRowHitTheRowLimit()
    {
        var wide = new StructType([.. Enumerable.Range(0, 200).Select(i => new Field(10 + i, "f" + i, PrimitiveType.Long, false))]);
        var schema = Schema.Of(new Field(1, "items", ListType.Of(2, wide), false));
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
        var list = builder.Column(0);
        for (var i = 0; i < 10_000 && !list.Overflow; i++) list.Child(0).AppendNull();
        list.EndList();
        Assert.False(builder.EndRow());
        Assert.True(builder.UsedBytes < 1 << 20);
    }

    [Fact]
    public void MissingValuesBecomeNullsAndRequiredOnesAreNamed()
    {
        using var builder = new BatchBuilder(Nested, MemoryTag.Scratch, 1 << 20);
        builder.Column(1).AppendBytes("only"u8);
        Assert.Equal("id", builder.FillMissing()!.Name);
        builder.AbandonRow();
        builder.Column(0).AppendLong(5);
        Assert.Null(builder.FillMissing());
        Assert.True(builder.EndRow());
        Assert.True(builder.View().Columns[1].IsNull(0));
    }

    [Fact]
    public void ReusedBuilderHoldsNoOldNulls()
    {
        using var builder = new BatchBuilder(Nested, MemoryTag.Scratch, 1 << 20);
        for (var i = 0; i < 5_000; i++) AppendRow(builder, i, null, null, null, null);
        builder.Reset();
        for (var i = 0; i < 5_000; i++) AppendRow(builder, i, "v", (1, 1), ["t"], [("k", 2)]);
        var batch = builder.View();
        Assert.False(batch.Columns[1].MayHaveNulls);
        Assert.Equal(5_000, batch.Columns[3].Children[0].Length);
    }

    [Fact]
    public void AppendingAllocatesNoManagedMemory()
    {
        using var builder = new BatchBuilder(Nested, MemoryTag.Scratch, 16 << 20);
        var name = "some name"u8.ToArray();
        void Row(long i)
        {
            builder.Column(0).AppendLong(i);
            builder.Column(1).AppendBytes(name);
            builder.Column(2).AppendNull();
            builder.Column(3).Child(0).AppendBytes(name);
            builder.Column(3).EndList();
            builder.FillMissing();
            builder.EndRow();
        }
        for (var i = 0; i < 10_000; i++) Row(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++) Row(i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Text(ColumnView column, int ordinal) => Encoding.UTF8.GetString(column.Bytes(ordinal));

    private static void AppendRow(BatchBuilder builder, long id, string? name, (double? X, double Y)? point, string?[]? tags, (string Key, int? Value)[]? counts)
    {
        builder.Column(0).AppendLong(id);
        if (name is null) builder.Column(1).AppendNull();
        else builder.Column(1).AppendBytes(Encoding.UTF8.GetBytes(name));
        if (point is null)
        {
            builder.Column(2).AppendNull();
        }
        else
        {
            if (point.Value.X is { } x) builder.Column(2).Child(0).AppendDouble(x);
            else builder.Column(2).Child(0).AppendNull();
            builder.Column(2).Child(1).AppendDouble(point.Value.Y);
            builder.Column(2).EndStruct();
        }
        if (tags is null)
        {
            builder.Column(3).AppendNull();
        }
        else
        {
            foreach (var tag in tags)
                if (tag is null) builder.Column(3).Child(0).AppendNull();
                else builder.Column(3).Child(0).AppendBytes(Encoding.UTF8.GetBytes(tag));
            builder.Column(3).EndList();
        }
        if (counts is null)
        {
            builder.Column(4).AppendNull();
        }
        else
        {
            var entries = builder.Column(4).Child(0);
            foreach (var (key, value) in counts)
            {
                entries.Child(0).AppendBytes(Encoding.UTF8.GetBytes(key));
                if (value is { } v) entries.Child(1).AppendInt(v);
                else entries.Child(1).AppendNull();
                entries.EndStruct();
            }
            builder.Column(4).EndList();
        }
        Assert.True(builder.EndRow());
    }
}
