using K2I.Base;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Parquet.Tests;

public class TeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void TheBytesAreTheSameWhoeverEncodes(int seed)
    {
        foreach (var codec in Enum.GetValues<ParquetCodec>())
        {
            var random = new Random(seed * 10 + (int)codec);
            var table = new RandomTable(random.Next()) { NullPercent = random.Next(2) * 30, Repeating = random.Next(2) == 0 };
            var schema = random.Next(2) == 0 ? table.FlatSchema() : table.NestedSchema(7, 3);
            var options = ParquetOptions.Default with { Codec = codec, PageRows = random.Next(2) == 0 ? 100 : 20_000, RowGroupBytes = random.Next(2) == 0 ? 100_000 : 128 << 20 };
            if (random.Next(2) == 0) options = RandomOptions.With(options, schema, random);
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
            var batch = table.Fill(builder, 3000, []);
            var ordinals = Enumerable.Range(0, 2000).Select(_ => new Ordinal(random.Next(batch.Rows))).ToArray();
            var alone = Write(null);
            for (var size = 1; size <= 5; size++) Assert.Equal(alone, Write(new Team(size)));

            byte[] Write(IEncodeTeam? team)
            {
                var sink = new MemorySink();
                using var writer = new ParquetWriter(schema, options, sink, null, team);
                writer.Write(batch, 0, batch.Rows);
                writer.Write(batch, ordinals);
                writer.Finish();
                return sink.Bytes;
            }
        }
    }

    [Fact]
    public void ZstdOfManyPagesIsTheSameWhicheverContextCompressedTheOnesBefore()
    {
        var schema = Schema.Of([.. Enumerable.Range(1, 6).Select(i => new Field(i, $"c{i}", i % 2 == 0 ? PrimitiveType.String : PrimitiveType.Long, true))]);
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 256 << 20);
        var random = new Random(1);
        for (var i = 0; i < 120_000; i++)
        {
            for (var c = 0; c < 6; c += 2) builder.Column(c).AppendLong(random.NextInt64(1L << (c * 10 + 10)));
            for (var c = 1; c < 6; c += 2) builder.Column(c).AppendBytes(System.Text.Encoding.UTF8.GetBytes($"{random.Next(1 << (c * 5))}-{i}"));
            Assert.True(builder.EndRow());
        }
        byte[] Write(IEncodeTeam? team)
        {
            var sink = new MemorySink();
            using var writer = new ParquetWriter(schema, ParquetOptions.Default with { PageRows = 7000, RowGroupBytes = 2 << 20 }, sink, null, team);
            writer.Write(builder.View(), 0, builder.Rows);
            writer.Finish();
            return sink.Bytes;
        }
        var alone = Write(null);
        for (var size = 2; size <= 4; size++) Assert.Equal(alone, Write(new Team(size)));
    }

    [Fact]
    public void AFailureInOneColumnReachesTheCallerAndAllMemoryComesBack()
    {
        var before = MemoryLedger.Bytes(MemoryTag.Parquet);
        var loose = Schema.Of(new Field(1, "a", PrimitiveType.Long, false), new Field(2, "b", PrimitiveType.Long, false), new Field(3, "c", PrimitiveType.Long, false));
        using var builder = new BatchBuilder(loose, MemoryTag.Scratch, 1 << 20);
        for (var i = 0; i < 100; i++)
        {
            builder.Column(0).AppendLong(i);
            builder.Column(1).AppendNull();
            builder.Column(2).AppendLong(i);
            Assert.True(builder.EndRow());
        }
        var strict = Schema.Of(new Field(1, "a", PrimitiveType.Long, true), new Field(2, "b", PrimitiveType.Long, true), new Field(3, "c", PrimitiveType.Long, true));
        using (var writer = new ParquetWriter(strict, ParquetOptions.Default, new MemorySink(), null, new Team(3)))
        {
            var error = Assert.Throws<EngineException>(() => writer.Write(builder.View(), 0, 100));
            Assert.Equal(ErrorKind.Invalid, error.Kind);
            Assert.Contains("column b", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Parquet));
    }

    /// <summary>Helpers from the thread pool, of whom some come late or not at all.</summary>
    private sealed class Team(int size) : IEncodeTeam
    {
        private readonly Random random = new(size);

        public int Size => size;

        public void Run(Action<int> work)
        {
            var helpers = Enumerable.Range(1, size - 1).Where(_ => random.Next(5) > 0).Select(i => Task.Run(() => work(i))).ToArray();
            if (random.Next(2) == 0) Thread.Yield();
            work(0);
            Task.WaitAll(helpers);
        }
    }
}
