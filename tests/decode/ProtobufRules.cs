using System.Text;
using K2I.Base;
using K2I.Columns;
using K2I.Decode.Protobuf;

namespace K2I.Decode.Tests;

public class ProtobufRules
{
    private const string Proto2 = "syntax = \"proto2\";";

    [Fact]
    public void ColumnsFollowTheFields()
    {
        var columns = Columns(Proto2, """
            message M {
              optional int32 a = 1; optional uint32 b = 2; optional uint64 c = 3; optional sfixed64 d = 4; optional E e =
                  5; optional bytes f = 6;
              repeated bool g = 7; map<int64,
                  N> h = 8; optional group I = 9 { optional double x = 1; } optional M j = 10; optional Empty k = 11;
            }
            message N { optional float y = 1; }
            message Empty { }
            enum E { ZERO = 0; }
            """);
        Assert.Equal("a: int, b: long, c: decimal(20, 0), d: long, e: string, f: binary, "
            + "g: list<boolean>, h: map<long, struct<y: float>>, i: struct<x: double>, j: string, k: string", columns);
    }

    [Fact]
    public void WellKnownTypesHaveColumnsOfTheirOwn()
    {
        using var rows = ProtobufRows.Of("""
            google.protobuf.Timestamp at = 1; google.protobuf.Duration took = 2; google.protobuf.Int32Value n =
                3; google.protobuf.Struct s = 4;
            google.protobuf.Any any = 5; google.protobuf.StringValue text = 6;
            """);
        Assert.Equal("at: timestamptz, took: long, n: int, s: string, any: struct<type_url: string, value: binary>, text: string",
            Show(rows.Schema.Struct));
        var entry = new Wire().Text(1, "k\"").Message(2, new Wire().Eight(2, BitConverter.DoubleToUInt64Bits(5)));
        Assert.Equal("1000001|-1500000|0|{\"k\\\"\":5}|{type_url=u,value=07}|", rows.Add(new Wire()
            .Message(1, new Wire().Varint(1, 1).Varint(2, 1_999)).Message(2, new Wire().Varint(1, -1).Varint(2, -500_000_000))
            .Message(3, new Wire()).Message(4, new Wire().Message(1, entry)).Message(5, new Wire().Text(1, "u").Bytes(2, 7)).Bytes(6)));
        Assert.Equal("null|null|null|null|null|null", rows.Add(new Wire()));
        Assert.Equal("InvalidValue", rows.Add(new Wire().Message(1, new Wire().Varint(2, 1_000_000_000))));
        Assert.Equal("InvalidValue", rows.Add(new Wire().Message(1, new Wire().Varint(1, 253_402_300_800))));
    }

    [Fact]
    public void NumbersKeepTheirSigns()
    {
        using var rows =
            ProtobufRows.Of("int32 a = 1; uint32 b = 2; sint32 c = 3; uint64 d = 4; sint64 e = 5; "
                + "fixed32 f = 6; sfixed32 g = 7; fixed64 h = 8;");
        Assert.Equal("-1|4294967295|-5|18446744073709551615|-9223372036854775808|4294967295|-1|18446744073709551615", rows.Add(new Wire()
            .Varint(1, -1).Varint(2, uint.MaxValue).ZigZag(3, -5).Varint(4, -1).ZigZag(5, long.MinValue).Four(6, uint.MaxValue)
                .Four(7, uint.MaxValue).Eight(8, ulong.MaxValue)));
        Assert.Equal("0|0|0|0|0|0|0|0", rows.Add(new Wire()));
    }

    [Fact]
    public void PresenceTellsNullFromZero()
    {
        using var rows =
            ProtobufRows.Of("int32 a = 1; optional int32 b = 2; oneof o { int32 c = 3; string d = 4; } "
                + "repeated int32 e = 5; map<string, int32> f = 6;");
        Assert.Equal("0|null|null|null|[]|<>", rows.Add(new Wire()));
        Assert.Equal("0|0|0|null|[]|<=0>", rows.Add(new Wire().Varint(1, 0).Varint(2, 0).Varint(3, 0).Bytes(6)));
    }

    [Fact]
    public void OfAOneofTheLastMemberCounts()
    {
        using var rows =
            ProtobufRows.Of("oneof o { int32 a = 1; N b = 2; string c = 3; } message N { optional int32 x = 1; optional int32 y = 2; }");
        Assert.Equal("null|null|t", rows.Add(new Wire().Varint(1, 4).Text(3, "t")));
        Assert.Equal("null|{x=1,y=2}|null",
            rows.Add(new Wire().Varint(1, 4).Message(2, new Wire().Varint(1, 1)).Message(2, new Wire().Varint(2, 2))));
        Assert.Equal("null|{x=null,y=2}|null",
            rows.Add(new Wire().Message(2, new Wire().Varint(1, 1)).Varint(1, 4).Message(2, new Wire().Varint(2, 2))));
    }

    [Fact]
    public void RepeatedFieldsComePackedOrNotAndInParts()
    {
        using var rows = ProtobufRows.Of("repeated int32 a = 1 [packed = false]; repeated string b = 2; map<int32, string> c = 3;");
        Assert.Equal("[1,2,3,4]|[x,y]|<>", rows.Add(new Wire().Bytes(1, 1, 2).Varint(1, 3).Text(2, "x").Varint(1, 4).Text(2, "y")));
        Assert.Equal("[]|[]|<2=b,1=c>",
            rows.Add(new Wire().Bytes(3, 8, 1, 18, 1, (byte)'a').Bytes(3, 8, 2, 18, 1, (byte)'b').Bytes(3, 8, 1, 18, 1, (byte)'c')));
    }

    [Fact]
    public void EnumsAreNamesAndUnknownOnesNumbers()
    {
        using var rows = ProtobufRows.Of("E e = 1; repeated E l = 2; enum E { option allow_alias = true; A = 0; B = 1; C = 1; }");
        Assert.Equal("B|[A,-3,B]", rows.Add(new Wire().Varint(1, 1).Varint(2, 0).Varint(2, -3).Varint(2, 1)));
        Assert.Equal("A|[]", rows.Add(new Wire()));
    }

    [Fact]
    public void WhatTheSchemaDoesNotKnowIsPassedOver()
    {
        using var rows = ProtobufRows.Of("int32 a = 1;");
        Assert.Equal("7",
            rows.Add(new Wire().Text(9, "x").Group(10, new Wire().Varint(1, 1).Group(2, new Wire())).Varint(1, 7)
            .Text(1, "of another wire type").Four(11, 1)));
        Assert.Equal(4, rows.Plan.IgnoredFields);
    }

    [Fact]
    public void MessagesThatHoldThemselvesAreJson()
    {
        using var rows = ProtobufRows.Of("int64 id = 1; M next = 2; repeated M more = 3; bytes raw = 4;");
        Assert.Equal("""1|{"id":"2","next":{"raw":"AQI="}}|[{},{"more":[{"id":"3"},{}]}]|""", rows.Add(new Wire().Varint(1, 1)
            .Message(2, new Wire().Varint(1, 2).Message(2, new Wire().Bytes(4, 1, 2)))
            .Message(3, new Wire()).Message(3, new Wire().Message(3, new Wire().Varint(1, 3)).Message(3, new Wire()))));
        var deep = new Wire();
        for (var i = 0; i < 80; i++) deep = new Wire().Message(2, deep);
        Assert.Equal("TooDeep", rows.Add(deep));
    }

    [Theory]
    [InlineData("08", "Malformed")]
    [InlineData("0880808080808080808080808080", "Malformed")]
    [InlineData("1205616263", "Malformed")]
    [InlineData("0001", "Malformed")]
    [InlineData("0F", "Malformed")]
    [InlineData("1B", "Malformed")]
    [InlineData("1B24", "Malformed")]
    [InlineData("1201FF", "InvalidUtf8")]
    public void WhatIsNoMessageIsRefused(string hex, string expected)
    {
        using var rows = ProtobufRows.Of("int32 a = 1; string b = 2;");
        Assert.Equal(expected, rows.Add(Convert.FromHexString(hex)));
        Assert.Equal("5|x", rows.Add(new Wire().Varint(1, 5).Text(2, "x")));
    }

    [Fact]
    public void RequiredFieldsHaveToBeThere()
    {
        using var rows = ProtobufRows.Of("required int32 a = 1; optional N n = 2; message N { required string s = 1; }", Proto2);
        Assert.Equal("MissingRequired", rows.Add(new Wire().Message(2, new Wire().Text(1, "x"))));
        Assert.Equal("MissingRequired", rows.Add(new Wire().Varint(1, 1).Message(2, new Wire())));
        Assert.Equal("1|{s=x}", rows.Add(new Wire().Varint(1, 1).Message(2, new Wire().Text(1, "x"))));
    }

    [Fact]
    public void RecordsNameTheirMessage()
    {
        const string text = "syntax = \"proto3\"; message A { int32 a = 1; message B { string b = 1; } message C { string c = 1; } } "
            + "message D { int32 a = 1; }";
        var writer = ProtobufRows.Text(text) with { Id = SchemaId.Of(7) };
        Assert.Equal(["a: int", "b: string", "c: string", "a: int"], ((int[][])[[0], [0, 0], [0, 1], [1]])
            .Select(i => ColumnsOf(writer, i)));
        using var rows =
            new ProtobufRows(writer, new() { MetadataColumn = null, UnknownFields = UnknownFields.Ignore },
            Schema.Of(new Field(1, "a", PrimitiveType.Int, false), new Field(2, "c", PrimitiveType.String, false)));
        Assert.Equal("5|null", rows.Add(WireForm.Confluent, Framed([0], new Wire().Varint(1, 5))));
        Assert.Equal("null|x", rows.Add(WireForm.Confluent, Framed([0, 1], new Wire().Text(1, "x"))));
        Assert.Equal("6|null", rows.Add(WireForm.Confluent, Framed([1], new Wire().Varint(1, 6))));
        Assert.Equal("InvalidFrame", rows.Add(WireForm.Confluent, Framed([2], new())));
        Assert.Equal("InvalidFrame", rows.Add(WireForm.Confluent, Framed([0, 2], new())));
    }

    [Fact]
    public void NewSchemasChangeTheTableFirst()
    {
        var table = FieldIds.NewSchema(ColumnText.Parse("a: int, old: string, n: struct<x: int>"));
        var writer =
            ProtobufRows.Text("syntax = \"proto3\"; message M { int64 a = 1; N n = 2; int32 added = 3; } "
                + "message N { int32 x = 1; float y = 2; }");
        using var rows = new ProtobufRows(writer, table: table);
        Assert.Equal("NewField", rows.Add(new Wire()));
        Assert.Equal(["WiderColumn a", "NewField n.y", "NewField added"], rows.Plan.Changes.Select(c => $"{c.GetType().Name} {c.Path}"));
        var changed = FieldIds.NewSchema(ColumnText.Parse("a: long, old: string, n: struct<x: int, y: float>, added: int"));
        using var after = new ProtobufRows(writer, table: changed);
        Assert.Equal("4|null|{x=1,y=0}|0", after.Add(new Wire().Varint(1, 4).Message(2, new Wire().Varint(1, 1))));
        var before = ProtobufRows.Text("syntax = \"proto3\"; message M { int32 a = 1; string old = 9; }");
        using var older = new ProtobufRows(before, table: changed);
        Assert.Equal("4|o|null|null", older.Add(new Wire().Varint(1, 4).Text(9, "o")));
    }

    [Fact]
    public void FieldsThatDoNotGoIntoTheirColumnsAreNamed()
    {
        var writer = ProtobufRows.Text("syntax = \"proto3\"; message M { string a = 1; }");
        using var rows = new ProtobufRows(writer, table: FieldIds.NewSchema(ColumnText.Parse("a: int")));
        Assert.Equal("Incompatible", rows.Add(new Wire()));
        Assert.Contains("column a is int", rows.Plan.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("syntax = \"proto3\"; message M { int32 a = 1; int32 b = 1; }", "")]
    [InlineData("syntax = \"proto3\"; message M { Other a = 1; }", "Other")]
    [InlineData("syntax = \"proto3\"; import \"elsewhere.proto\"; message M { int32 a = 1; }", "elsewhere.proto")]
    [InlineData("syntax = \"proto3\"; message M { int32 a = ; }", "line 1")]
    [InlineData("syntax = \"proto3\";", "message")]
    [InlineData("syntax = \"proto3\"; message A { int32 a = 1; } message B { int32 a = 1; }", "message = ")]
    public void WhatIsNoSchemaIsRefused(string text, string named)
    {
        var error = Assert.Throws<EngineException>(() => ProtobufCompiler.Instance.Columns(ProtobufRows.Text(text), new()));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReferencesAreImports()
    {
        var writer = new WriterSchema(SchemaId.None, SchemaLanguage.Protobuf,
            "syntax = \"proto3\"; import \"other.proto\"; import \"confluent/type/decimal.proto\"; "
                + "message M { o.Other x = 1; confluent.type.Decimal d = 2; }",
            [new("other.proto",
                "syntax = \"proto3\"; package o; import \"google/protobuf/timestamp.proto\"; "
                    + "message Other { google.protobuf.Timestamp t = 1; }")]);
        using var rows = new ProtobufRows(writer);
        Assert.Equal("x: struct<t: timestamptz>, d: struct<value: binary, precision: long, scale: int>", Show(rows.Schema.Struct));
    }

    [Fact]
    public void GoodRecordsAllocateNothing()
    {
        using var rows =
            ProtobufRows.Of("int32 a = 1; string b = 2; repeated int64 c = 3; map<string, N> d = 4; E e = 5; "
                + "message N { double x = 1; google.protobuf.Timestamp t = 2; } enum E { Z = 0; }");
        var record = new Wire().Varint(1, 1).Text(2, "text").Bytes(3, 1, 2, 3)
            .Message(4, new Wire().Text(1, "k").Message(2, new Wire().Eight(1, 1).Message(2, new Wire().Varint(1, 9)))).Done;
        var twice = (byte[])[.. record, .. record];
        for (var i = 0; i < 3; i++) Take(rows, record, twice);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) Take(rows, record, twice);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Take(ProtobufRows rows, byte[] record, byte[] twice)
    {
        foreach (var bytes in (ReadOnlySpan<byte[]>)[record, twice])
        {
            Assert.True(rows.Plan.Decode(FramedValue.Read(WireForm.Bare, new RecordInput(bytes)), rows.Batch) == DecodeStatus.Ok);
            Assert.True(rows.Batch.EndRow());
        }
        if (rows.Batch.Rows > 100) rows.Batch.Reset();
    }

    private static byte[] Framed(int[] indexes, Wire payload) => [0, 0, 0, 0, 7, .. Wire.Indexes(indexes), .. payload.Done];

    private static string ColumnsOf(WriterSchema writer, int[] indexes)
    {
        var record = new RecordInput(Framed(indexes, new()));
        return Show(new StructType(ProtobufCompiler.Instance.Columns(writer, FramedValue.Read(WireForm.Confluent, in record), new())));
    }

    private static string Columns(string syntax, string messages) =>
        Show(new StructType(ProtobufCompiler.Instance.Columns(ProtobufRows.Text(syntax + messages), new() { Message = "M" })));

    private static string Show(StructType type) => string.Join(", ", type.Fields.Select(f => $"{f.Name}: {f.Type}"));
}
