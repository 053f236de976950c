using System.Text;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Parquet.Tests;

public sealed class MemoryTests
{
    private sealed class NullSink : IByteSink
    {
        public void Write(ReadOnlySpan<byte> bytes)
        {
        }
    }

    [Fact]
    public void WritingRowsAllocatesNothingManaged()
    {
        var table = new RandomTable(11);
        var schema = Schema.Of([.. table.FlatSchema().Fields, .. table.NestedSchema(6, 3).Fields]);
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 256 << 20);
        var batch = table.Fill(builder, 2000, []);
        var ordinals = Enumerable.Range(0, 1000).Select(i => new Ordinal(i * 2)).ToArray();
        using var buffers = new ParquetBuffers();
        using var writer = new ParquetWriter(schema, new() { RowGroupBytes = 32 << 20 }, new NullSink(), buffers);
        for (var i = 0; i < 30; i++) Write();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 30; i++) Write();
        var perRow = (GC.GetAllocatedBytesForCurrentThread() - before) / (30.0 * 3000);
        // What the footer keeps of a row group, a few times; nothing grows by row, value or page.
        Assert.True(perRow < 2, $"{perRow} bytes a row over {writer.Schema.Fields.Length} columns");
        writer.Finish();

        void Write()
        {
            writer.Write(batch, 0, batch.Rows);
            writer.Write(batch, ordinals);
        }
    }

    [Fact]
    public void AllMemoryComesBackAndServesTheNextFile()
    {
        var schema = Schema.Of(new Field(1, "a", PrimitiveType.String, false), new Field(2, "b", ListType.Of(3, PrimitiveType.Decimal(38, 1)), false));
        var table = new RandomTable(3);
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
        var batch = table.Fill(builder, 5000, []);
        var buffers = new ParquetBuffers();
        long idle = 0;
        for (var file = 0; file < 5; file++)
        {
            using (var writer = new ParquetWriter(schema, new() { RowGroupBytes = 100_000 }, new NullSink(), buffers))
            {
                writer.Write(batch, 0, batch.Rows);
                Assert.InRange(writer.BufferedBytes, 1, 64 << 20);
                writer.Finish();
            }
            if (file > 0) Assert.Equal(idle, buffers.IdleBytes);
            idle = buffers.IdleBytes;
        }
        buffers.Dispose();
        Assert.Equal(0, buffers.IdleBytes);
    }

    [Fact]
    public void CompressorsServeTheNextFileOfTheirCodecAndLevel()
    {
        using var buffers = new ParquetBuffers();
        var zstd = buffers.RentCompressor(ParquetCodec.Zstd, 1)!;
        buffers.ReturnCompressor(zstd, ParquetCodec.Zstd, 1);
        var other = buffers.RentCompressor(ParquetCodec.Zstd, 3)!;
        Assert.NotSame(zstd, other);
        Assert.Same(zstd, buffers.RentCompressor(ParquetCodec.Zstd, 1));
        Assert.Null(buffers.RentCompressor(ParquetCodec.Uncompressed, 0));
        buffers.ReturnCompressor(zstd, ParquetCodec.Zstd, 1);
        buffers.ReturnCompressor(other, ParquetCodec.Zstd, 3);
    }

    [Fact]
    public void BufferedBytesStayNearTheRowGroup()
    {
        var schema = Schema.Of(new Field(1, "a", PrimitiveType.Binary, false));
        var random = new Random(2);
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 16 << 20);
        var value = new byte[500];
        while (!builder.IsFull)
        {
            random.NextBytes(value);
            builder.Column(0).AppendBytes(value);
            if (!builder.EndRow()) break;
        }
        var batch = builder.View();
        using var writer = new ParquetWriter(schema, new() { RowGroupBytes = 4 << 20 }, new NullSink());
        for (var i = 0; i < 10; i++)
        {
            writer.Write(batch, 0, batch.Rows);
            Assert.InRange(writer.BufferedBytes, 1, 16 << 20);
        }
        Assert.True(writer.Finish().RowGroupStarts.Length > 20);
    }

    [Fact]
    public void TheSameBatchesGiveTheSameBytes()
    {
        var table = new RandomTable(21);
        var schema = Schema.Of([.. table.FlatSchema().Fields, .. table.NestedSchema(5, 3).Fields]);
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 256 << 20);
        var batch = table.Fill(builder, 3000, []);
        using var buffers = new ParquetBuffers();
        // Four writers on two threads over one pool.
        var files = new byte[4][];
        Parallel.For(0, 4, new() { MaxDegreeOfParallelism = 2 }, i =>
        {
            var sink = new MemorySink();
            using var writer = new ParquetWriter(schema, new() { PageRows = 700, RowGroupBytes = 500_000 }, sink, buffers);
            writer.Write(batch, 0, 1000);
            writer.Write(batch, 1000, 3000);
            writer.Finish();
            files[i] = sink.Bytes;
        });
        Assert.All(files, f => Assert.Equal(files[0], f));
    }

    [Fact]
    public void ASinkThatFailsLeavesNoMemoryBehind()
    {
        var schema = Schema.Of(new Field(1, "a", PrimitiveType.String, false));
        var before = MemoryLedger.Bytes(MemoryTag.Parquet);
        using (var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20))
        {
            for (var i = 0; i < 1000; i++)
            {
                builder.Column(0).AppendBytes(Encoding.UTF8.GetBytes($"value {i}"));
                builder.EndRow();
            }
            using var buffers = new ParquetBuffers();
            // Every call of a file with two row groups fails once.
            for (var call = 0; ; call++)
            {
                using var writer = new ParquetWriter(schema, new() { RowGroupBytes = 2000 }, new FailingSink(call), buffers);
                try
                {
                    writer.Write(builder.View(), 0, 1000);
                    writer.Finish();
                    Assert.InRange(call, 5, 1000);
                    break;
                }
                catch (IOException)
                {
                }
            }
        }
        // Other tests of this class do not run meanwhile.
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Parquet));
    }

    private sealed class FailingSink(int good) : IByteSink
    {
        private int calls;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            if (calls++ == good) throw new IOException("no more");
        }
    }
}
