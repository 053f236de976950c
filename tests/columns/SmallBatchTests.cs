using K2I.Memory;

namespace K2I.Columns.Tests;

/// <summary>Batches that a pool lays out: packed into a part of a slab, or bounded by their pages.</summary>
public sealed class SmallBatchTests
{
    private const int Guard = 4096;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    /// <summary>Random rows of random schemas until one does not fit: what was ended reads back, nothing beyond was touched.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void PackedRowsReadBackAndTouchNothingElse(int seed)
    {
        var random = new Random(seed);
        var schema = RandomBatch.Schema(random);
        var shape = BatchShape.Of(schema);
        long bytes = 16 << 10;
        while (bytes < shape.LeastBytes) bytes *= 4;
        bytes <<= 2 * random.Next(3);
        using var slab = NativeBuffer.Reserve(MemoryTag.Scratch, bytes + (2 * Guard));
        slab.Slice(0, Guard).Fill(0xA5);
        slab.Slice(Guard + bytes, Guard).Fill(0xA5);
        using (var builder = BatchBuilder.Packed(schema, slab, Guard, bytes)) RandomBatch.FillTwice(builder, random, least: 1);
        Assert.Equal(-1, slab.Slice(0, Guard).IndexOfAnyExcept((byte)0xA5));
        Assert.Equal(-1, slab.Slice(Guard + bytes, Guard).IndexOfAnyExcept((byte)0xA5));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void BoundedRowsReadBack(int seed)
    {
        var random = new Random(seed);
        var schema = RandomBatch.Schema(random);
        long bytes = 64 << 10;
        while (BatchShape.Of(schema).IsPackedIn(bytes)) bytes *= 4;
        using var builder = BatchBuilder.Bounded(schema, MemoryTag.Scratch, bytes);
        RandomBatch.FillTwice(builder, random, least: 8);
        Assert.InRange(builder.UsedBytes, 1, bytes);
    }

    /// <summary>Twenty columns of usual rows fill most of a small batch, one of unusual rows is full earlier.</summary>
    [Theory]
    [InlineData(24, 40)]
    [InlineData(12, 40)]
    [InlineData(240, 4)]
    public void UsualRowsFillASmallBatch(int textBytes, int least)
    {
        var types = Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? PrimitiveType.Long : PrimitiveType.String);
        var schema = Schema.Of([.. types.Select((type, i) => new Field(i + 1, "c" + i, type, false))]);
        const int bytes = 16 << 10;
        Assert.True(BatchShape.Of(schema).IsPackedIn(bytes));
        using var slab = NativeBuffer.Reserve(MemoryTag.Scratch, bytes);
        using var builder = BatchBuilder.Packed(schema, slab, 0, bytes);
        do
        {
            for (var i = 0; i < 20; i++)
                if (i % 2 == 0) builder.Column(i).AppendLong(i);
                else builder.Column(i).AppendBytes(new byte[textBytes]);
        }
        while (builder.EndRow());
        Assert.True(builder.Rows >= least, $"{builder.Rows} rows");
    }

    [Fact]
    public void ALargeValueFitsABoundedBatchThatIsEmpty()
    {
        var schema = Schema.Of(new Field(1, "key", PrimitiveType.String, false), new Field(2, "value", PrimitiveType.Binary, false));
        using var builder = BatchBuilder.Bounded(schema, MemoryTag.Scratch, 1 << 20);
        builder.Column(0).AppendBytes("k"u8);
        builder.Column(1).AppendBytes(new byte[1_000_000]);
        Assert.True(builder.EndRow());
        builder.Column(0).AppendBytes("k"u8);
        builder.Column(1).AppendBytes(new byte[100_000]);
        Assert.False(builder.EndRow());
        Assert.Equal(1, builder.Rows);
        builder.Reset();
        // The value's pages are taken back for the others of other rows.
        for (var i = 0; i < 30_000; i++)
        {
            builder.Column(0).AppendBytes("0123456789"u8);
            builder.Column(1).AppendNull();
            Assert.True(builder.EndRow());
        }
    }

    [Fact]
    public void ValuesOfUnknownLengthCostWhatWasWritten()
    {
        var schema = Schema.Of(new Field(1, "text", PrimitiveType.String, false), new Field(2, "n", PrimitiveType.Long, false));
        using var builder = BatchBuilder.Bounded(schema, MemoryTag.Scratch, 1 << 20);
        for (var i = 0; i < 20_000; i++)
        {
            var room = builder.Column(0).BeginBytes(300_000);
            Assert.Equal(300_000, room.Length);
            "short"u8.CopyTo(room);
            builder.Column(0).EndBytes(5);
            builder.Column(1).AppendLong(i);
            Assert.True(builder.EndRow());
        }
        Assert.Equal("short"u8, builder.View().Columns[0].Bytes(19_999));
        Assert.Equal(19_999, builder.View().Columns[1].Value<long>(19_999));
    }

    [Fact]
    public void LeastBytesHoldEightRowsOfAnySchema()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var schema = RandomBatch.Schema(new(seed));
            var bytes = Math.Max(4096, BatchShape.Of(schema).LeastBytes);
            using var slab = NativeBuffer.Reserve(MemoryTag.Scratch, bytes);
            using var builder = BatchBuilder.Packed(schema, slab, 0, bytes);
            for (var row = 0; row < 8; row++)
            {
                Assert.Null(builder.FillMissing());
                Assert.True(builder.EndRow());
            }
        }
    }
}
