using K2I.Base;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Parquet.Tests;

public class SelectionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void ChosenRowsAreReadAndNoOthersWhateverTheSchemaAndLayout(int seed)
    {
        for (var round = 0; round < 6; round++)
        {
            var random = new Random(seed * 100 + round);
            var table = new RandomTable(random.Next()) { NullPercent = random.Next(3) * 30, Repeating = random.Next(2) == 0 };
            var schema = random.Next(2) == 0 ? table.FlatSchema() : table.NestedSchema(5, 3);
            var options = ParquetOptions.Default with { PageRows = random.Next(1, 100), RowGroupBytes = random.Next(2) == 0 ? 20_000 : 128 << 20, PageIndex = random.Next(4) > 0, DictionaryBytes = random.Next(2) == 0 ? 500 : 2 << 20 };
            if (random.Next(2) == 0) options = RandomOptions.With(options, schema, random);
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 16 << 20);
            var batch = table.Fill(builder, 900, []);
            var file = RoundTripTests.Write(schema, options, batch);
            var wanted = new List<int>();
            var density = random.Next(1, 20);
            using var reader = new ParquetReader(new MemorySource("chosen", file), new ParquetReadOptions { BatchRows = random.Next(1, 300) });
            reader.Select(new ReadRequest
            {
                Schema = schema,
                Keep = _ => random.Next(5) > 0,
                Rows = group =>
                {
                    if (random.Next(6) == 0)
                    {
                        wanted.AddRange(Enumerable.Range((int)group.FirstRow, (int)group.Rows));
                        return null;
                    }
                    var ranges = new List<RowRange>();
                    for (long at = random.Next(0, 60); at < group.Rows; at += random.Next(0, 400 / density))
                    {
                        var to = Math.Min(group.Rows, at + random.Next(1, 3 * density));
                        ranges.Add(new(at, to));
                        wanted.AddRange(Enumerable.Range((int)(group.FirstRow + at), (int)(to - at)));
                        at = to;
                    }
                    return RowSelection.Of(ranges);
                },
            });
            var places = new List<int>();
            var rows = new List<string>();
            while (reader.TryRead(out var read))
            {
                places.AddRange(Enumerable.Range((int)reader.BatchStart, read.Rows));
                for (var row = 0; row < read.Rows; row++) rows.Add(RowText.Of(read, row));
            }
            Assert.Equal(wanted, places);
            Assert.Equal(wanted.Select(r => RowText.Of(batch, r)), rows);
        }
    }

    [Fact]
    public void PagesWithoutChosenRowsAreNotFetched()
    {
        var (file, _) = Numbers(rows: 200_000, ParquetOptions.Default with { PageRows = 1000, Codec = ParquetCodec.Uncompressed, DictionaryBytes = 0 });
        var source = new CountingSource(file);
        using var reader = new ParquetReader(source, new ParquetReadOptions { ReadAheadBytes = 1 << 16 });
        reader.Select(new ReadRequest
        {
            Schema = reader.Schema,
            Rows = group => group.RowsWhere(1, page => Long(page.Values.Min!.Value) <= 150_500 && Long(page.Values.Max!.Value) >= 150_400).And(group.RowsWhere(2, page => page.Values.Nulls < page.Rows)),
        });
        Assert.True(reader.TryRead(out var batch));
        Assert.Equal(1000, batch.Rows);
        Assert.Equal(150_000, reader.BatchStart);
        Assert.Equal(150_000, batch.Columns[0].Value<long>(0));
        Assert.False(reader.TryRead(out _));
        Assert.True(source.Bytes < 200_000, $"{source.Bytes} bytes of {file.Length} fetched");
    }

    [Fact]
    public void BloomFiltersRuleOutWhatWasNeverWritten()
    {
        var schema = Schema.Of(
            new Field(1, "l", PrimitiveType.Long, true), new Field(2, "i", PrimitiveType.Int, true), new Field(3, "s", PrimitiveType.String, true), new Field(4, "d", PrimitiveType.Double, true),
            new Field(5, "small", PrimitiveType.Decimal(9, 2), true), new Field(6, "large", PrimitiveType.Decimal(30, 2), true), new Field(7, "u", PrimitiveType.Uuid, true), new Field(8, "few", PrimitiveType.String, true));
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 16 << 20);
        for (var i = 0; i < 5000; i++)
        {
            builder.Column(0).AppendLong(i * 7L);
            builder.Column(1).AppendInt(i * 7);
            builder.Column(2).AppendBytes(System.Text.Encoding.UTF8.GetBytes($"value {i * 7}"));
            builder.Column(3).AppendDouble(i * 7);
            builder.Column(4).AppendDecimal(i * 7);
            builder.Column(5).AppendDecimal(i * -7);
            builder.Column(6).AppendFixed(new Guid(i * 7, 0, 0, new byte[8]).ToByteArray(bigEndian: true));
            builder.Column(7).AppendBytes(System.Text.Encoding.UTF8.GetBytes($"few {i % 7}"));
            Assert.True(builder.EndRow());
        }
        var file = RoundTripTests.Write(schema, ParquetOptions.Default with { BloomFilters = [.. schema.Fields.Select(f => f.Name)] }, builder.View());
        // Wider types than the file's: what it stores is looked for.
        var wanted = schema with { Struct = new StructType([.. schema.Fields.Select(f => f.Name switch { "i" => f with { Type = PrimitiveType.Long }, "small" => f with { Type = PrimitiveType.Decimal(20, 2) }, _ => f })]) };
        var ruledOut = new int[8];
        var source = new CountingSource(file);
        using var reader = new ParquetReader(source);
        reader.Select(new ReadRequest
        {
            Schema = wanted,
            Keep = group =>
            {
                var fetchedBefore = source.Bytes;
                for (var i = 0; i < 700; i++)
                {
                    var there = i % 7 == 0;
                    byte[][] values =
                    [
                        BitConverter.GetBytes((long)i), BitConverter.GetBytes((long)i), System.Text.Encoding.UTF8.GetBytes($"value {i}"), BitConverter.GetBytes((double)i), Decimal(i), Decimal(-i),
                        new Guid(i, 0, 0, new byte[8]).ToByteArray(bigEndian: true), System.Text.Encoding.UTF8.GetBytes($"few {i}"),
                    ];
                    for (var c = 0; c < values.Length; c++)
                    {
                        var may = group.MayContain(c + 1, values[c]);
                        if (c == 7 ? i < 7 : there) Assert.True(may, $"column {c + 1} lacks value {i}");
                        else if (!may) ruledOut[c]++;
                    }
                }
                Assert.InRange(source.Bytes - fetchedBefore, 1, file.Length);
                Assert.False(group.MayContain(2, BitConverter.GetBytes(7L + (1L << 32))));
                Assert.False(group.MayContain(5, Decimal(7 + ((Int128)1 << 64))));
                Assert.True(group.MayContain(99, [1]));
                return true;
            },
        });
        Assert.True(reader.TryRead(out _));
        Assert.All(ruledOut, count => Assert.True(count > 570, $"{count} of about 600 ruled out"));
    }

    [CorpusFact]
    public void ForeignBloomFiltersAndIndexesAreUnderstood()
    {
        foreach (var name in new[] { "data_index_bloom_encoding_stats.parquet", "data_index_bloom_encoding_with_length.parquet" })
        {
            using var reader = Corpus.Open(name);
            var schema = Schema.Of(new Field(1, "String", PrimitiveType.String, true));
            var asked = 0;
            reader.Select(new ReadRequest
            {
                Schema = schema,
                Names = [new NameMap(["String"], 1, [])],
                Keep = group =>
                {
                    Assert.True(group.MayContain(1, "Hello"u8));
                    Assert.False(group.MayContain(1, "not in it"u8));
                    Assert.Equal(0, group.RowsWhere(1, _ => false).Rows);
                    asked++;
                    return true;
                },
            });
            Assert.True(reader.TryRead(out _));
            Assert.True(asked > 0);
        }
    }

    [Fact]
    public void AnIndexThatLiesIsAnErrorAndNotOtherRows()
    {
        var (file, _) = Numbers(rows: 10_000, ParquetOptions.Default with { PageRows = 1000, Codec = ParquetCodec.Uncompressed, DictionaryBytes = 0, PageChecksums = false });
        // The offset index says that page 5 begins with row 5000: a zigzag varint, as field 3 of its entry.
        var said = new byte[] { 0x16, 0x90, 0x4E };
        var at = file.AsSpan().LastIndexOf(said);
        Assert.True(at > 0);
        file[at + 1] = 0x92;
        using var reader = new ParquetReader(new MemorySource("liar", file));
        reader.Select(new ReadRequest { Schema = reader.Schema, Rows = _ => RowSelection.Of([new(100, 200), new(5500, 5600)]) });
        var error = Assert.Throws<EngineException>(() =>
        {
            while (reader.TryRead(out var batch)) { }
        });
        Assert.Equal(ErrorKind.Corrupt, error.Kind);
    }

    [Fact]
    public void SelectionsMeetWhereBothHaveRows()
    {
        var a = RowSelection.Of([new(0, 5), new(5, 10), new(20, 30), new(40, 41)]);
        Assert.Equal(new RowRange[] { new(0, 10), new(20, 30), new(40, 41) }, a.Ranges.ToArray());
        Assert.Equal(new RowRange[] { new(3, 10), new(20, 25), new(29, 30) }, a.And(RowSelection.Of([new(3, 25), new(29, 40)])).Ranges.ToArray());
        Assert.Equal(0, a.And(RowSelection.None).Rows);
        Assert.Equal(21, a.And(RowSelection.All(100)).Rows);
    }

    private static (byte[] File, Schema Schema) Numbers(int rows, ParquetOptions options)
    {
        var schema = Schema.Of(new Field(1, "n", PrimitiveType.Long, true), new Field(2, "s", PrimitiveType.String, false));
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
        for (var i = 0; i < rows; i++)
        {
            builder.Column(0).AppendLong(i);
            builder.Column(1).AppendBytes(System.Text.Encoding.UTF8.GetBytes($"row {i}"));
            Assert.True(builder.EndRow());
        }
        return (RoundTripTests.Write(schema, options, builder.View()), schema);
    }

    private static long Long(ReadOnlyMemory<byte> value) => BitConverter.ToInt64(value.Span);

    private static byte[] Decimal(Int128 value)
    {
        var bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt128LittleEndian(bytes, value);
        return bytes;
    }

    private sealed class CountingSource(byte[] bytes) : IByteSource
    {
        internal long Bytes { get; private set; }

        public string Name => "counted";

        public long Length => bytes.Length;

        public void Read(long offset, Span<byte> into)
        {
            Bytes += into.Length;
            bytes.AsSpan((int)offset, into.Length).CopyTo(into);
        }
    }
}
