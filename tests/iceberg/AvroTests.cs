using System.Text;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg.Tests;

public sealed class AvroTests
{
    [Theory]
    [InlineData("abc_1", "abc_1")]
    [InlineData("1abc", "_1abc")]
    [InlineData("a-b", "a_x2Db")]
    [InlineData("a.b", "a_x2Eb")]
    [InlineData("ä", "_xE4")]
    public void NamesAreMadeFitAsJavaDoes(string name, string expected) => Assert.Equal(expected, AvroSchemas.Sanitize(name));

    [Fact]
    public void DecimalWidthsAreThoseOfTheSpec()
    {
        int[] expected = [1, 1, 2, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 6, 7, 7, 8, 8, 9, 9, 9, 10, 10, 11, 11, 11, 12, 12, 13, 13, 13, 14, 14, 15, 15, 16, 16, 16];
        Assert.Equal(expected, Enumerable.Range(1, 38).Select(AvroSchemas.DecimalBytes));
    }

    [Fact]
    public void NamedTypeIsDefinedOnceAndReferredToByName()
    {
        var spec = new StructType(
        [
            new Field(1000, "a", PrimitiveType.Decimal(9, 2), false), new Field(1001, "b", PrimitiveType.Decimal(9, 2), false),
            new Field(1002, "u", PrimitiveType.Uuid, false), new Field(1003, "v", PrimitiveType.Uuid, false),
        ]);
        var text = AvroSchemaJson.ToText(AvroSchemas.Record("r102", spec));
        Assert.Equal(1, Count(text, "\"name\":\"decimal_9_2\""));
        Assert.Equal(1, Count(text, "\"name\":\"uuid_fixed\""));
        Assert.Contains("""{"name":"b","type":["null","decimal_9_2"],"default":null,"field-id":1001}""", text, StringComparison.Ordinal);
        var parsed = AvroSchemaJson.Parse(Encoding.UTF8.GetBytes(text), "test");
        Assert.Equal(text, AvroSchemaJson.ToText(parsed));
    }

    [Fact]
    public void NumbersEncodeAsTheAvroSpecificationSays()
    {
        foreach (var (value, hex) in ((long, string)[])[(0, "00"), (-1, "01"), (1, "02"), (-2, "03"), (63, "7E"), (64, "8001"), (-65, "8101"), (long.MaxValue, "FEFFFFFFFFFFFFFFFF01"), (long.MinValue, "FFFFFFFFFFFFFFFFFF01")])
        {
            var buffer = new System.Buffers.ArrayBufferWriter<byte>();
            new AvroEncoder(buffer).Long(value);
            Assert.Equal(hex, Convert.ToHexString(buffer.WrittenSpan));
            Assert.Equal(value, new AvroDecoder(buffer.WrittenSpan, "test").Long());
        }
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 3)]
    [InlineData(true, 50_000)]
    [InlineData(true, 0)]
    public void FilesRoundTrip(bool deflate, int records)
    {
        var schema = AvroSchemas.Record("row", new StructType(
        [
            new Field(1, "id", PrimitiveType.Long, true), new Field(2, "name", PrimitiveType.String, false),
            new Field(3, "list", ListType.Of(4, PrimitiveType.Double, required: true), false),
            new Field(5, "map", MapType.Of(6, PrimitiveType.Int, 7, PrimitiveType.Binary, valueRequired: true), false),
            new Field(8, "b", PrimitiveType.Boolean, true), new Field(9, "f", PrimitiveType.Float, true),
        ]));
        var file = new AvroFileWriter(schema, [KeyValuePair.Create("key", "wert ä")], deflate);
        for (var i = 0; i < records; i++) file.Append(Record(i));
        var bytes = file.Finish();
        var reader = new AvroFileReader(bytes, "test");
        Assert.Equal("wert ä", reader.Metadata["key"]);
        var read = reader.ReadAll();
        Assert.Equal(records, read.Count);
        for (var i = 0; i < records; i += 997) Assert.Equal(Show(Record(i)), Show(read[i]));

        static object?[] Record(int i) =>
            [(long)i, i % 3 == 0 ? null : $"n{i}", i % 2 == 0 ? null : new List<object?> { 1.5, (double)i }, new List<object?> { new object?[] { i, new[] { (byte)i } } }, i % 2 == 1, i / 2f];
    }

    [Fact]
    public void DamagedFilesAreCorruptNeverWorse()
    {
        var schema = AvroSchemas.Record("row", new StructType([new Field(1, "id", PrimitiveType.Long, true), new Field(2, "name", PrimitiveType.String, false), new Field(3, "l", ListType.Of(4, PrimitiveType.Int), false)]));
        var file = new AvroFileWriter(schema, [], deflate: false);
        for (var i = 0; i < 20; i++) file.Append([(long)i, "abc", new List<object?> { 1, null }]);
        var good = file.Finish();
        var random = new Random(17);
        for (var round = 0; round < 5000; round++)
        {
            var bad = (byte[])good.Clone();
            for (var n = random.Next(1, 4); n > 0; n--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0) bad = bad[..random.Next(bad.Length)];
            try
            {
                _ = new AvroFileReader(bad, "bad.avro").ReadAll();
            }
            catch (EngineException error)
            {
                Assert.True(error.Kind is ErrorKind.Corrupt or ErrorKind.Unsupported, error.ToString());
                Assert.Contains("bad.avro", error.Message, StringComparison.Ordinal);
            }
        }
    }

    private static int Count(string text, string part) => (text.Length - text.Replace(part, "", StringComparison.Ordinal).Length) / part.Length;

    private static string Show(object? value) => value switch
    {
        null => "null",
        byte[] b => Convert.ToHexString(b),
        object?[] r => $"({string.Join(",", r.Select(Show))})",
        List<object?> l => $"[{string.Join(",", l.Select(Show))}]",
        _ => value.ToString()!,
    };
}
