using System.Text;
using K2I.Memory;

namespace K2I.Columns.Tests;

public sealed class RowGatherTests
{
    private static readonly Schema Rows = Schema.Of(
        new Field(1, "id", PrimitiveType.Long, true),
        new Field(2, "ok", PrimitiveType.Boolean, false),
        new Field(3, "name", PrimitiveType.String, false),
        new Field(4, "tags", ListType.Of(5, new StructType([new Field(6, "at", PrimitiveType.Fixed(3), false)])), false));

    [Fact]
    public void ChosenRowsStandInTheOrderAskedForHoweverOften()
    {
        using var builder = Filled(20);
        using var gather = new RowGather(Rows, MemoryTag.Scratch);
        Ordinal[] ordinals = [new(7), new(3), new(3), new(12), new(0)];
        var batch = gather.Take(builder.View(), ordinals);

        Assert.Equal(ordinals.Length, batch.Rows);
        Assert.Equal(ordinals.Select(o => Text(builder.View(), o.Value)), Enumerable.Range(0, batch.Rows).Select(i => Text(batch, i)));
    }

    [Fact]
    public void AnAnswerReplacesTheOneBeforeAndNothingStaysBehind()
    {
        var before = MemoryLedger.Bytes(MemoryTag.Scratch);
        using (var builder = Filled(1000))
        using (var gather = new RowGather(Rows, MemoryTag.Scratch))
        {
            Assert.Equal("1|True|n1|[010203,null]", Text(gather.Take(builder.View(), [new(1)]), 0));
            var all = Enumerable.Range(0, 1000).Reverse().Select(row => new Ordinal(row)).ToArray();
            var batch = gather.Take(builder.View(), all);
            Assert.Equal(all.Select(o => Text(builder.View(), o.Value)), Enumerable.Range(0, 1000).Select(i => Text(batch, i)));
            Assert.Equal(0, gather.Take(builder.View(), []).Rows);
        }
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Scratch));
    }

    private static BatchBuilder Filled(int rows)
    {
        var builder = new BatchBuilder(Rows, MemoryTag.Scratch, 1 << 20);
        for (var i = 0; i < rows; i++)
        {
            builder.Column(0).AppendLong(i);
            if (i % 3 == 0) builder.Column(1).AppendNull();
            else builder.Column(1).AppendBool(i % 2 == 1);
            if (i % 4 == 0) builder.Column(2).AppendNull();
            else builder.Column(2).AppendBytes(Encoding.UTF8.GetBytes($"n{i}"));
            if (i % 5 == 0) builder.Column(3).AppendNull();
            else
            {
                for (var k = 0; k <= i % 3; k++)
                {
                    if (k == 1) builder.Column(3).Child(0).AppendNull();
                    else
                    {
                        builder.Column(3).Child(0).Child(0).AppendFixed([(byte)i, 2, 3]);
                        builder.Column(3).Child(0).EndStruct();
                    }
                }
                builder.Column(3).EndList();
            }
            Assert.True(builder.EndRow());
        }
        return builder;
    }

    private static string Text(Batch batch, int row)
    {
        var tags = batch.Columns[3];
        var elements = Enumerable.Range(tags.Offsets[row], tags.Offsets[row + 1] - tags.Offsets[row])
            .Select(k => tags.Children[0].IsNull(k) ? "null" : Convert.ToHexString(tags.Children[0].Children[0].Bytes(k)));
        return string.Join('|',
            batch.Columns[0].Value<long>(row),
            batch.Columns[1].IsNull(row) ? null : batch.Columns[1].Bit(row),
            batch.Columns[2].IsNull(row) ? null : Encoding.UTF8.GetString(batch.Columns[2].Bytes(row)),
            tags.IsNull(row) ? null : $"[{string.Join(',', elements)}]");
    }
}
