using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using K2I.Base;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Parquet.Tests;

public sealed class WriterTests
{
    private static readonly ParquetOptions Small = new() { Codec = ParquetCodec.Uncompressed, PageRows = 10 };

    [Fact]
    public void AFileWithoutRowsIsValid()
    {
        var schema = Schema.Of(new Field(1, "a", PrimitiveType.Long, false), new Field(2, "b", ListType.Of(3, PrimitiveType.String), true));
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 4096);
        var (file, result) = Write(schema, ParquetOptions.Default, w => w.Write(builder.View(), 0, 0));
        Assert.Equal((0, 0), (result.Rows, result.RowGroupStarts.Length));
        Assert.Empty(file.RowGroups);
        Assert.Equal(0, file.Footer.Int(3));
        Assert.Equal(2, result.Leaves.Length);
        Assert.All(result.Leaves, l => Assert.True(l is { Values: 0, Nulls: 0, Min: null, Max: null, CompressedBytes: 0 }));
    }

    [Fact]
    public void SchemaCarriesIdsAndBothKindsOfAnnotation()
    {
        var schema = Schema.Of(
            new Field(1, "s", PrimitiveType.String, true),
            new Field(2, "d", PrimitiveType.Decimal(20, 4), false),
            new Field(3, "ts", PrimitiveType.Timestamp, false),
            new Field(4, "tz", PrimitiveType.TimestampTz, false),
            new Field(5, "ns", PrimitiveType.TimestampNs, false),
            new Field(6, "u", PrimitiveType.Uuid, false),
            new Field(7, "1 näme", PrimitiveType.Int, false),
            new Field(8, "l", ListType.Of(9, new StructType([new Field(10, "x", PrimitiveType.Date, true)])), false),
            new Field(11, "m", MapType.Of(12, PrimitiveType.String, 13, PrimitiveType.Time), true));
        var (file, _) = Write(schema, ParquetOptions.Default, _ => { });
        var elements = file.Elements;
        Assert.Equal(
            ["table", "s", "d", "ts", "tz", "ns", "u", "_1_x20n_xE4me", "l", "list", "element", "x", "m", "key_value", "key", "value"],
            elements.Select(e => e.Text(4)));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 10, 11, 0, 12, 13], elements.Select(e => e.Has(9) ? (int)e.Int(9) : 0));
        Assert.Equal([-1, 0, 1, 1, 1, 1, 1, 1, 1, 2, 1, 0, 0, 2, 0, 1], elements.Select(e => e.Has(3) ? (int)e.Int(3) : -1));
        Assert.Equal([-1, 0, 5, -1, 10, -1, -1, -1, 3, -1, -1, 6, 1, -1, 0, 8], elements.Select(e => e.Has(6) ? (int)e.Int(6) : -1));
        Assert.Equal([0, 1, 5, 8, 8, 8, 14, 0, 3, 0, 0, 6, 2, 0, 1, 7], elements.Select(e => e.Has(10) ? e.Struct(10).Ids.Single() : 0));
        Assert.Equal((7L, 9L, 4L, 20L), (elements[2].Int(1), elements[2].Int(2), elements[2].Int(7), elements[2].Int(8)));
        Assert.False(elements[3].Struct(10).Struct(8).Bool(1));
        Assert.True(elements[4].Struct(10).Struct(8).Bool(1));
        Assert.Equal([2, 2, 3], elements.Skip(3).Take(3).Select(e => e.Struct(10).Struct(8).Struct(2).Ids.Single()));
        Assert.Equal(10, file.Footer.List(7).Count);
        Assert.StartsWith("k2i version ", file.Footer.Text(6), StringComparison.Ordinal);
    }

    [Fact]
    public void FileWideBoundsAreWholeAndInIcebergsForm()
    {
        var schema = Schema.Of(
            new Field(1, "i", PrimitiveType.Int, false), new Field(2, "d9", PrimitiveType.Decimal(9, 2), false), new Field(3, "d38", PrimitiveType.Decimal(38, 0), false),
            new Field(4, "f", PrimitiveType.Double, false), new Field(5, "s", PrimitiveType.String, false), new Field(6, "b", PrimitiveType.Boolean, false),
            new Field(7, "n", PrimitiveType.Float, false), new Field(8, "st", new StructType([new Field(9, "x", PrimitiveType.Long, true)]), false),
            new Field(10, "l", ListType.Of(11, PrimitiveType.Int), false));
        var longText = new string('y', 500);
        var (_, result) = Write(schema, Small, writer =>
        {
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
            for (var i = 0; i < 25; i++)
            {
                builder.Column(0).AppendInt(i - 10);
                builder.Column(1).AppendDecimal(i * 100 - 128);
                builder.Column(2).AppendDecimal(i == 3 ? Int128.MinValue / 2 : i);
                builder.Column(3).AppendDouble(i switch { 0 => double.NaN, 1 => 0.0, _ => -0.0 });
                builder.Column(4).AppendBytes(i == 7 ? [] : Encoding.UTF8.GetBytes(longText + i));
                builder.Column(5).AppendBool(true);
                builder.Column(6).AppendFloat(float.NaN);
                if (i % 5 == 0)
                {
                    builder.Column(7).AppendNull();
                }
                else
                {
                    builder.Column(7).Child(0).AppendLong(-i);
                    builder.Column(7).EndStruct();
                }
                for (var k = 0; k < i; k++) builder.Column(8).Child(0).AppendInt(k);
                builder.Column(8).EndList();
                Assert.True(builder.EndRow());
            }
            writer.Write(builder.View(), 0, 25);
        });
        var leaves = result.Leaves.ToDictionary(l => l.Path);
        AssertBounds(leaves["i"], BitConverter.GetBytes(-10), BitConverter.GetBytes(14));
        AssertBounds(leaves["d9"], [0x80], [0x08, 0xE0]);
        var smallest = new byte[16];
        BinaryPrimitives.WriteInt128BigEndian(smallest, Int128.MinValue / 2);
        AssertBounds(leaves["d38"], smallest, [24]);
        AssertBounds(leaves["f"], BitConverter.GetBytes(-0.0), BitConverter.GetBytes(0.0));
        Assert.Equal(1, leaves["f"].Nans);
        AssertBounds(leaves["s"], [], Encoding.UTF8.GetBytes(longText + "9"));
        AssertBounds(leaves["b"], [1], [1]);
        Assert.True(leaves["n"] is { Min: null, Max: null, Nans: 25, Values: 25, Nulls: 0 });
        Assert.True(leaves["st.x"] is { Values: 25, Nulls: 5, Repeated: false, FieldId: 9, Nans: null });
        AssertBounds(leaves["st.x"], BitConverter.GetBytes(-24L), BitConverter.GetBytes(-1L));
        Assert.True(leaves["l.element"] is { Repeated: true, Min: null, Max: null, Values: 301, Nulls: 1 });
    }

    [Fact]
    public void LongBoundsAreCutToBoundsInTheFooter()
    {
        var schema = Schema.Of(new Field(1, "text", PrimitiveType.String, true), new Field(2, "bytes", PrimitiveType.Binary, true), new Field(3, "top", PrimitiveType.Binary, true));
        var text = new string('a', 63) + "é" + new string('z', 10);
        var (file, _) = Write(schema, Small, writer =>
        {
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
            builder.Column(0).AppendBytes(Encoding.UTF8.GetBytes(text));
            builder.Column(1).AppendBytes([.. Enumerable.Repeat((byte)7, 63), 0xFF, 1]);
            builder.Column(2).AppendBytes([.. Enumerable.Repeat((byte)0xFF, 100)]);
            Assert.True(builder.EndRow());
            writer.Write(builder.View(), 0, 1);
        });
        var statistics = Enumerable.Range(0, 3).Select(c => file.Column(0, c).Struct(12)).ToList();
        // A character is not cut in two: 63 bytes remain.
        Assert.Equal(new string('a', 63), statistics[0].Text(6));
        Assert.Equal(new string('a', 62) + "b", statistics[0].Text(5));
        Assert.Equal((false, false), (statistics[0].Bool(7), statistics[0].Bool(8)));
        Assert.Equal([.. Enumerable.Repeat((byte)7, 62), 8], statistics[1].Bytes(5));
        // Nothing short lies above bytes that are all highest.
        Assert.False(statistics[2].Has(5));
        Assert.Equal(64, statistics[2].Bytes(6).Length);
        Assert.False(file.Chunks(0)[2].Has(6));
        Assert.True(file.Chunks(0)[1].Has(6));
    }

    [Fact]
    public void IndexesTellEachPagesPlaceRowsAndBounds()
    {
        var schema = Schema.Of(new Field(1, "v", PrimitiveType.Long, false));
        var (file, _) = Write(schema, Small with { DictionaryBytes = 0 }, writer =>
        {
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
            for (var i = 0; i < 35; i++)
            {
                if (i is >= 10 and < 20) builder.Column(0).AppendNull();
                else builder.Column(0).AppendLong(1000 - i);
                Assert.True(builder.EndRow());
            }
            writer.Write(builder.View(), 0, 35);
        });
        var chunk = file.Chunks(0)[0];
        var columnIndex = file.At(chunk.Int(6));
        var offsetIndex = file.At(chunk.Int(4));
        Assert.Equal([false, true, false, false], columnIndex.List(1).Cast<bool>());
        Assert.Equal([991L, 0, 971, 966], columnIndex.List(2).Cast<byte[]>().Select(b => b.Length == 0 ? 0 : BitConverter.ToInt64(b)));
        Assert.Equal([1000L, 0, 980, 970], columnIndex.List(3).Cast<byte[]>().Select(b => b.Length == 0 ? 0 : BitConverter.ToInt64(b)));
        Assert.Equal(2, columnIndex.Int(4));
        Assert.Equal([0L, 10, 0, 0], columnIndex.List(5).Cast<long>());
        var pages = file.Pages(0, 0);
        Assert.Equal(pages.Select(p => p.Offset), offsetIndex.Structs(1).Select(p => p.Int(1)));
        Assert.Equal([0L, 10, 20, 30], offsetIndex.Structs(1).Select(p => p.Int(3)));
        Assert.Equal(file.Column(0, 0).Int(7), offsetIndex.Structs(1).Sum(p => p.Int(2)));
    }

    [Fact]
    public void PageChecksumsAreOfTheStoredBytes()
    {
        var schema = Schema.Of(new Field(1, "v", PrimitiveType.String, false));
        var (file, _) = Write(schema, new() { PageRows = 10 }, writer => Strings(writer, schema, 100, i => $"value {i % 7}"));
        var pages = file.Pages(0, 0);
        Assert.Equal(11, pages.Count);
        foreach (var (header, stored, _) in pages)
            Assert.Equal((int)Crc32.HashToUInt32(stored), (int)header.Int(4));
        var (without, _) = Write(schema, new() { PageChecksums = false }, writer => Strings(writer, schema, 100, i => $"value {i % 7}"));
        Assert.All(without.Pages(0, 0), p => Assert.False(p.Header.Has(4)));
    }

    [Theory]
    [InlineData(10, true)] // few values: a dictionary
    [InlineData(1_000_000_000, false)] // hardly a repeat: plain from the start
    public void DictionariesAreUsedWhereTheyPay(int distinct, bool dictionary)
    {
        var schema = Schema.Of(new Field(1, "s", PrimitiveType.String, false), new Field(2, "n", PrimitiveType.Long, false));
        var random = new Random(1);
        var (file, _) = Write(schema, ParquetOptions.Default, writer =>
        {
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
            for (var i = 0; i < 50_000; i++)
            {
                var value = random.Next(distinct);
                builder.Column(0).AppendBytes(Encoding.UTF8.GetBytes($"value-{value}"));
                builder.Column(1).AppendLong(value);
                Assert.True(builder.EndRow());
            }
            writer.Write(builder.View(), 0, 50_000);
        });
        for (var c = 0; c < 2; c++)
        {
            var meta = file.Column(0, c);
            Assert.Equal(dictionary, meta.Has(11));
            Assert.Equal(dictionary ? [0, 3, 8] : [0L, 3], meta.List(2).Cast<long>());
            if (dictionary) Assert.Equal(distinct, meta.Struct(12).Int(4));
            else Assert.False(meta.Struct(12).Has(4));
        }
    }

    [Fact]
    public void ADictionaryThatOutgrowsItsLimitIsClosed()
    {
        var schema = Schema.Of(new Field(1, "s", PrimitiveType.String, false));
        // The first page repeats; later ones do not.
        var (file, result) = Write(schema, new() { DictionaryBytes = 20_000, PageRows = 5000 }, writer =>
            Strings(writer, schema, 50_000, i => i < 5000 ? $"repeated {i % 5}" : $"unique value {i}"));
        var meta = file.Column(0, 0);
        var kinds = meta.Structs(13).ToDictionary(e => (e.Int(1), e.Int(2)), e => e.Int(3));
        Assert.Equal(1, kinds[(2, 0)]);
        Assert.True(kinds[(0, 8)] >= 2 && kinds[(0, 0)] >= 8);
        Assert.Equal(file.Pages(0, 0).Count(p => p.Header.Int(1) == 0), kinds[(0, 8)] + kinds[(0, 0)]);
        Assert.Equal("unique value 9999", Encoding.UTF8.GetString(result.Leaves[0].Max!));
        Assert.False(meta.Struct(12).Has(4));
    }

    [Fact]
    public void PagesEndAtTheByteLimitAndRowGroupsToo()
    {
        var schema = Schema.Of(new Field(1, "s", PrimitiveType.Binary, false));
        var random = new Random(5);
        var options = new ParquetOptions { Codec = ParquetCodec.Uncompressed, PageBytes = 10_000, RowGroupBytes = 1 << 20 };
        var (file, result) = Write(schema, options, writer =>
        {
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
            var value = new byte[1000];
            for (var i = 0; i < 5000; i++)
            {
                random.NextBytes(value);
                builder.Column(0).AppendBytes(i == 2500 ? new byte[300_000] : value);
                Assert.True(builder.EndRow());
            }
            writer.Write(builder.View(), 0, 5000);
        });
        Assert.Equal(5, file.RowGroups.Count);
        Assert.Equal(5000, file.RowGroups.Sum(g => g.Int(3)));
        Assert.Equal(file.RowGroups.Select(g => g.Int(5)), result.RowGroupStarts);
        Assert.All(file.RowGroups, g => Assert.InRange(g.Int(6), 1, (1 << 20) + 500_000));
        var sizes = Enumerable.Range(0, 5).SelectMany(g => file.Pages(g, 0)).Select(p => p.Header.Int(2)).Order().ToList();
        Assert.InRange(sizes[^2], 10_000, 11_100);
        Assert.InRange(sizes[^1], 300_000, 311_000);
    }

    [Fact]
    public void MetadataAndSortingAreRecorded()
    {
        var schema = Schema.Of(new Field(5, "a", PrimitiveType.Long, false), new Field(7, "b", PrimitiveType.Long, false));
        var (file, _) = Write(schema, new() { SortingColumns = [new(7, true, false)], CreatedBy = "someone" }, writer =>
        {
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 4096);
            builder.FillMissing();
            builder.EndRow();
            writer.Write(builder.View(), 0, 1);
            writer.SetMetadata("topic", "old");
            writer.SetMetadata("range", "0-1");
            writer.SetMetadata("topic", "events");
        });
        Assert.Equal(["range=0-1", "topic=events"], file.Footer.Structs(5).Select(e => $"{e.Text(1)}={e.Text(2)}"));
        Assert.Equal("someone", file.Footer.Text(6));
        var sorting = file.RowGroups[0].Structs(4).Single();
        Assert.Equal((1L, true, false), (sorting.Int(1), sorting.Bool(2), sorting.Bool(3)));
    }

    [Fact]
    public void ANullInARequiredColumnIsAnError()
    {
        var schema = Schema.Of(new Field(1, "a", PrimitiveType.Long, true));
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 4096);
        builder.FillMissing();
        Assert.True(builder.EndRow());
        using var writer = new ParquetWriter(schema, ParquetOptions.Default, new MemorySink());
        var error = Assert.Throws<EngineException>(() => writer.Write(builder.View(), 0, 1));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Contains("column a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatParquetCannotHoldIsRefused()
    {
        var empty = Schema.Of(new Field(1, "s", new StructType([]), false));
        Assert.Equal(ErrorKind.Unsupported, Assert.Throws<EngineException>(() => new ParquetWriter(empty, ParquetOptions.Default, new MemorySink())).Kind);
        DataType deep = PrimitiveType.Int;
        for (var i = 0; i < 130; i++) deep = ListType.Of(2 + i, deep);
        var nested = Schema.Of(new Field(1, "l", deep, false));
        Assert.Equal(ErrorKind.Unsupported, Assert.Throws<EngineException>(() => new ParquetWriter(nested, ParquetOptions.Default, new MemorySink())).Kind);
    }

    [Fact]
    public void AThousandColumnsFit()
    {
        var schema = Schema.Of([.. Enumerable.Range(1, 1000).Select(i => new Field(i, $"c{i}", i % 2 == 0 ? PrimitiveType.Long : PrimitiveType.String, false))]);
        var (file, result) = Write(schema, ParquetOptions.Default, writer =>
        {
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
            for (var r = 0; r < 20; r++)
            {
                for (var c = 0; c < 1000; c++)
                {
                    if (c % 2 == 1) builder.Column(c).AppendLong(c);
                    else builder.Column(c).AppendBytes("x"u8);
                }
                Assert.True(builder.EndRow());
            }
            writer.Write(builder.View(), 0, 20);
        });
        Assert.Equal(1000, file.Chunks(0).Count);
        Assert.Equal(1000, result.Leaves.Length);
    }

    private static void AssertBounds(LeafStatistics leaf, byte[] min, byte[] max)
    {
        Assert.Equal(min, leaf.Min);
        Assert.Equal(max, leaf.Max);
    }

    internal static void Strings(ParquetWriter writer, Schema schema, int rows, Func<int, string> value)
    {
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
        for (var i = 0; i < rows; i++)
        {
            builder.Column(0).AppendBytes(Encoding.UTF8.GetBytes(value(i)));
            Assert.True(builder.EndRow());
        }
        writer.Write(builder.View(), 0, rows);
    }

    [Fact]
    public void DistinctValuesAreCountedThoughSomePagesHaveNone()
    {
        var schema = Schema.Of(new Field(1, "s", PrimitiveType.String, false));
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
        for (var i = 0; i < 100; i++)
        {
            if (i / 10 % 2 == 0) builder.Column(0).AppendNull();
            else builder.Column(0).AppendBytes(Encoding.UTF8.GetBytes($"long enough to pay {i % 3}"));
            Assert.True(builder.EndRow());
        }
        var (file, _) = Write(schema, Small, w => w.Write(builder.View(), 0, 100));
        Assert.Equal(3, file.Column(0, 0).Struct(12).Int(4));
    }

    internal static (ParquetFile File, ParquetFileResult Result) Write(Schema schema, ParquetOptions options, Action<ParquetWriter> write)
    {
        var sink = new MemorySink();
        using var writer = new ParquetWriter(schema, options, sink);
        write(writer);
        var result = writer.Finish();
        Assert.Equal(sink.Bytes.Length, result.Bytes);
        return (new(sink.Bytes), result);
    }
}
