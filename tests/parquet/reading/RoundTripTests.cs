using K2I.Base;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Parquet.Tests;

public class RoundTripTests
{
    private static readonly ParquetCodec[] Codecs = Enum.GetValues<ParquetCodec>();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void WhatIsWrittenReadsBackWhateverTheSchemaAndLayout(int seed)
    {
        foreach (var codec in Codecs)
        {
            var random = new Random(seed * 100 + (int)codec);
            var table = new RandomTable(random.Next()) { NullPercent = random.Next(3) switch { 0 => 0, 1 => 20, _ => 95 }, Repeating = random.Next(2) == 0 };
            var schema = random.Next(2) == 0 ? table.FlatSchema() : table.NestedSchema(6, 4);
            var options = ParquetOptions.Default with
            {
                Codec = codec,
                PageBytes = random.Next(2) == 0 ? 300 : 1 << 20,
                RowGroupBytes = random.Next(2) == 0 ? 20_000 : 128 << 20,
                DictionaryBytes = random.Next(3) switch { 0 => 0, 1 => 500, _ => 2 << 20 },
                PageRows = random.Next(1, 300),
            };
            if (random.Next(3) > 0) options = RandomOptions.With(options, schema, random);
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 16 << 20);
            var batch = table.Fill(builder, 700, []);
            var file = Write(schema, options, batch);
            var expected = Enumerable.Range(0, batch.Rows).Select(r => RowText.Of(batch, r)).ToList();

            using (var whole = new ParquetReader(new MemorySource("whole", file)))
            {
                Assert.Equal(schema.Struct, whole.Schema.Struct);
                Assert.Equal(expected, RowText.All(whole));
            }
            using var pieces = new ParquetReader(new MemorySource("pieces", file), new ParquetReadOptions { BatchRows = random.Next(1, 100), BatchBytes = random.Next(16, 4096), ReadAheadBytes = random.Next(16, 100_000) });
            pieces.Select(new ReadRequest { Schema = schema });
            Assert.Equal(expected, RowText.All(pieces));
        }
    }

    /// <summary>The shape of parquet-format's VariantShredding.md: values are partly in a column of their type.</summary>
    [Fact]
    public void AShreddedVariantIsRefusedByName()
    {
        Field[] parts = [.. VariantType.Parts, new(4, "typed_value", PrimitiveType.Long, false)];
        var type = new StructType([.. parts.Select((p, i) => p with { Id = i + 2, Required = i == 0 })]);
        var written = Schema.Of(new Field(1, "v", type, false));
        using var builder = new BatchBuilder(written, MemoryTag.Scratch, 1 << 20);
        builder.Column(0).Child(0).AppendBytes([1, 0, 0]);
        builder.Column(0).Child(1).AppendNull();
        builder.Column(0).Child(2).AppendLong(34);
        builder.Column(0).EndStruct();
        builder.EndRow();
        using var reader = new ParquetReader(new MemorySource("shredded", Write(written, ParquetOptions.Default, builder.View())));
        var refused = Assert.Throws<EngineException>(() =>
        {
            reader.Select(new ReadRequest { Schema = Schema.Of(new Field(1, "v", VariantType.Instance, false)) });
            return RowText.All(reader);
        });
        Assert.Equal(ErrorKind.Unsupported, refused.Kind);
        Assert.Contains("column v: the variant is shredded", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FieldsAreFoundByIdWhateverTheirNamesAndOrder()
    {
        var written = Schema.Of(
            new Field(1, "a", PrimitiveType.Int, true),
            new Field(2, "b", new StructType([new Field(3, "x", PrimitiveType.Float, false), new Field(4, "y", PrimitiveType.String, false)]), false),
            new Field(5, "gone", PrimitiveType.Long, false));
        using var builder = new BatchBuilder(written, MemoryTag.Scratch, 1 << 20);
        for (var i = 0; i < 5; i++)
        {
            builder.Column(0).AppendInt(i - 2);
            if (i == 3) builder.Column(1).AppendNull();
            else
            {
                builder.Column(1).Child(0).AppendFloat(i);
                builder.Column(1).Child(1).AppendBytes("y"u8);
                builder.Column(1).EndStruct();
            }
            builder.Column(2).AppendLong(i);
            builder.EndRow();
        }
        var file = Write(written, ParquetOptions.Default, builder.View());
        var wanted = Schema.Of(
            new Field(2, "renamed", new StructType([new Field(9, "new", PrimitiveType.Boolean, false), new Field(3, "x", PrimitiveType.Double, false)]), false),
            new Field(7, "added", PrimitiveType.String, false),
            new Field(8, "defaulted", PrimitiveType.Int, true),
            new Field(1, "wider", PrimitiveType.Long, true));
        using var reader = new ParquetReader(new MemorySource("file", file));
        reader.Select(new ReadRequest { Schema = wanted, Missing = new Dictionary<int, ReadOnlyMemory<byte>> { [8] = new byte[] { 42, 0, 0, 0 } } });
        Assert.Equal(
        [
            "{null,d0000000000000000}|null|42|-2",
            "{null,d3ff0000000000000}|null|42|-1",
            "{null,d4000000000000000}|null|42|0",
            "null|null|42|1",
            "{null,d4010000000000000}|null|42|2",
        ], RowText.All(reader));
    }

    [Fact]
    public void AStructWhoseWantedFieldsTheFileLacksKeepsItsNulls()
    {
        var written = Schema.Of(new Field(1, "s", new StructType([new Field(2, "l", ListType.Of(3, PrimitiveType.Int), false)]), false));
        using var builder = new BatchBuilder(written, MemoryTag.Scratch, 1 << 20);
        for (var i = 0; i < 4; i++)
        {
            if (i == 1) builder.Column(0).AppendNull();
            else
            {
                for (var e = 0; e < i; e++) builder.Column(0).Child(0).Child(0).AppendInt(e);
                builder.Column(0).Child(0).EndList();
                builder.Column(0).EndStruct();
            }
            builder.EndRow();
        }
        var file = Write(written, ParquetOptions.Default, builder.View());
        using var reader = new ParquetReader(new MemorySource("file", file));
        reader.Select(new ReadRequest { Schema = Schema.Of(new Field(1, "s", new StructType([new Field(9, "n", PrimitiveType.Int, false)]), false)) });
        Assert.Equal(["{null}", "null", "{null}", "{null}"], RowText.All(reader));
    }

    [Fact]
    public void NullsOfAColumnCanFollowTheRowsPlace()
    {
        var written = Schema.Of(new Field(1, "id", PrimitiveType.Long, false));
        using var builder = new BatchBuilder(written, MemoryTag.Scratch, 1 << 20);
        foreach (var value in new long?[] { 70, null, 72, null })
        {
            if (value is { } id) builder.Column(0).AppendLong(id);
            else builder.Column(0).AppendNull();
            builder.EndRow();
        }
        var file = Write(written, ParquetOptions.Default, builder.View());
        using var reader = new ParquetReader(new MemorySource("file", file), new ParquetReadOptions { BatchRows = 3 });
        reader.Select(new ReadRequest
        {
            Schema = Schema.Of(new Field(1, "id", PrimitiveType.Long, false), new Field(2, "pos", PrimitiveType.Long, true), new Field(3, "seq", PrimitiveType.Long, true)),
            NullFills = new Dictionary<int, NullFill> { [1] = new(1000, 1), [2] = new(0, 1), [3] = new(5, 0) },
        });
        Assert.Equal(["70|0|5", "1001|1|5", "72|2|5", "1003|3|5"], RowText.All(reader));
    }

    [Fact]
    public void AFileWithoutIdsIsReadByANameMapping()
    {
        var written = Schema.Of(new Field(0, "old_name", PrimitiveType.Int, true), new Field(0, "s", new StructType([new Field(0, "x", PrimitiveType.Int, true)]), true));
        using var builder = new BatchBuilder(written, MemoryTag.Scratch, 1 << 20);
        builder.Column(0).AppendInt(1);
        builder.Column(1).Child(0).AppendInt(2);
        builder.Column(1).EndStruct();
        builder.EndRow();
        using var reader = new ParquetReader(new MemorySource("file", Write(written, ParquetOptions.Default, builder.View())));
        if (reader.HasFieldIds) return;
        reader.Select(new ReadRequest
        {
            Schema = Schema.Of(new Field(5, "t", new StructType([new Field(6, "y", PrimitiveType.Long, false)]), false), new Field(4, "new_name", PrimitiveType.Int, false), new Field(8, "s", PrimitiveType.Int, false)),
            Names = [new NameMap(["old_name", "other"], 4, []), new NameMap(["s"], 5, [new NameMap(["x"], 6, [])])],
        });
        Assert.Equal(["{2}|1|null"], RowText.All(reader));
    }

    [Fact]
    public void AllMemoryComesBack()
    {
        var before = MemoryLedger.Bytes(MemoryTag.Parquet);
        var table = new RandomTable(5);
        var schema = table.NestedSchema(5, 3);
        using (var builder = new BatchBuilder(schema, MemoryTag.Scratch, 16 << 20))
        {
            var file = Write(schema, ParquetOptions.Default, table.Fill(builder, 300, []));
            var reader = new ParquetReader(new MemorySource("file", file));
            Assert.True(reader.TryRead(out _));
            Assert.True(reader.HeldBytes > 0);
            reader.Dispose();
            Assert.Equal(0, reader.HeldBytes);
        }
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Parquet));
    }

    [Fact]
    public void ATypeThatDoesNotFitIsRefused()
    {
        var written = Schema.Of(new Field(1, "a", PrimitiveType.Long, true));
        using var builder = new BatchBuilder(written, MemoryTag.Scratch, 1 << 20);
        builder.Column(0).AppendLong(1);
        builder.EndRow();
        var file = Write(written, ParquetOptions.Default, builder.View());
        foreach (var type in new DataType[] { PrimitiveType.Int, PrimitiveType.String, new StructType([new Field(2, "x", PrimitiveType.Int, true)]) })
        {
            using var reader = new ParquetReader(new MemorySource("the file", file));
            var error = Assert.Throws<EngineException>(() => reader.Select(new ReadRequest { Schema = Schema.Of(new Field(1, "a", type, true)) }));
            Assert.Equal(ErrorKind.Unsupported, error.Kind);
            Assert.Contains("the file", error.Message, StringComparison.Ordinal);
        }
    }

    internal static byte[] Write(Schema schema, ParquetOptions options, Batch batch)
    {
        var sink = new MemorySink();
        using var writer = new ParquetWriter(schema, options, sink);
        writer.Write(batch, 0, batch.Rows);
        writer.Finish();
        return sink.Bytes;
    }
}
