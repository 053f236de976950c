using System.Text;
using K2I.Columns;

namespace K2I.Decode.Tests;

public class JsonShapes
{
    private static readonly Schema Event = FieldIds.NewSchema(ColumnText.Parse(
        "id: long!, name: string, tags: list<string>, address: struct<city: string!, zip: int>, attrs: map<string, long>, items: list<struct<sku: string, n: int!>>"));

    [Theory]
    [InlineData("""{"id":1,"name":"a","tags":["x","y"],"address":{"city":"c","zip":2},"attrs":{"k":3},"items":[{"sku":"s","n":4}]}""", "1|a|[x,y]|{city=c,zip=2}|<k=3>|[{sku=s,n=4}]")]
    [InlineData("""{"items":[{"n":1},{"n":2,"sku":"b"},null],"attrs":{},"address":{"zip":9,"city":"z"},"tags":[],"id":5}""", "5|null|[]|{city=z,zip=9}|<>|[{sku=null,n=1},{sku=b,n=2},null]")]
    [InlineData(" { \"id\" : 7 , \"name\" :\t\"b\"\r\n, \"tags\" : [ \"p\" , null ] } ", "7|b|[p,null]|null|null|null")]
    [InlineData("""{"id":1,"address":null,"attrs":{"a":null}}""", "1|null|null|null|<a=null>|null")]
    [InlineData("""{"\u0069d":3,"na\u006de":"q"}""", "3|q|null|null|null|null")]
    [InlineData("""{"id":1,"other":{"x":[1,2,{"y":"\ud800"}]},"more":-1.5e-7}""", "1|null|null|null|null|null")]
    [InlineData("{}", "MissingRequired")]
    [InlineData("""{"id":1,"address":{"zip":1}}""", "MissingRequired")]
    [InlineData("""{"id":1,"items":[{"sku":"x"}]}""", "MissingRequired")]
    [InlineData("""{"id":1,"id":2}""", "DuplicateKey")]
    [InlineData("""{"id":1,"name":null,"name":"x"}""", "DuplicateKey")]
    [InlineData("""{"id":1,"address":{"city":"a","city":"b"}}""", "DuplicateKey")]
    [InlineData("""{"id":1,"attrs":{"a":1,"\u0061":2}}""", "DuplicateKey")]
    [InlineData("""{"ID":1}""", "MissingRequired")]
    [InlineData("""{"id":1,"tags":"x"}""", "TypeMismatch")]
    [InlineData("""{"id":1,"tags":{"a":1}}""", "TypeMismatch")]
    [InlineData("""{"id":1,"attrs":[1]}""", "TypeMismatch")]
    [InlineData("""{"id":1,"address":5}""", "TypeMismatch")]
    [InlineData("""{"id":1}{}""", "InvalidJson")]
    [InlineData("""{"id":1},""", "InvalidJson")]
    [InlineData("""{"id":1,}""", "InvalidJson")]
    [InlineData("""{"id":1""", "InvalidJson")]
    [InlineData("""{"id" 1}""", "InvalidJson")]
    [InlineData("""{id:1}""", "InvalidJson")]
    [InlineData("""{"id":1,"x":01}""", "InvalidJson")]
    [InlineData("""{"id":1,"x":"\q"}""", "InvalidJson")]
    [InlineData("""{"id":1,"x":[1,]}""", "InvalidJson")]
    [InlineData("""{"id":1,"x":{"a":1,}}""", "InvalidJson")]
    [InlineData("""{"id":1,"x":truE}""", "InvalidJson")]
    [InlineData("\ufeff{\"id\":1}", "1|null|null|null|null|null")]
    [InlineData("\ufeff \n{\"id\":1} ", "1|null|null|null|null|null")]
    [InlineData(" \ufeff{\"id\":1}", "InvalidJson")]
    [InlineData("\ufeff\ufeff{\"id\":1}", "InvalidJson")]
    [InlineData("\ufeff", "InvalidJson")]
    [InlineData("", "InvalidJson")]
    [InlineData("  ", "InvalidJson")]
    [InlineData("[]", "TypeMismatch")]
    [InlineData("null", "TypeMismatch")]
    [InlineData("5", "TypeMismatch")]
    public void RecordsBecomeRowsOrNamedErrors(string json, string expected)
    {
        using var rows = new Rows(Event);
        Assert.Equal(expected, rows.Add(json));
    }

    [Theory]
    [InlineData("map<int, string>", """{"1":"a","-2":"b"}""", "<1=a,-2=b>")]
    [InlineData("map<int, string>", """{"1":"a","1.0":"b"}""", "DuplicateKey")]
    [InlineData("map<int, string>", """{"x":"a"}""", "InvalidValue")]
    [InlineData("map<date, int>", """{"1970-01-02":5}""", "<1=5>")]
    [InlineData("map<uuid, int>", """{"f81d4fae-7dec-11d0-a765-00a0c91e6bf6":1,"F81D4FAE-7dec-11d0-a765-00a0c91e6bf6":2}""", "DuplicateKey")]
    [InlineData("map<boolean, int>", """{"true":1,"false":2}""", "<true=1,false=2>")]
    [InlineData("map<boolean, int>", """{"1":1}""", "InvalidValue")]
    [InlineData("map<binary, int>", """{"AQI=":1}""", "<0102=1>")]
    [InlineData("map<string, map<string, int>>", """{"a":{"x":1,"y":2},"b":{"x":1},"x":{}}""", "<a=<x=1,y=2>,b=<x=1>,x=<>>")]
    [InlineData("map<string, int!>", """{"a":null}""", "MissingRequired")]
    [InlineData("list<list<int>>", "[[1,2],[],null,[3]]", "[[1,2],[],null,[3]]")]
    [InlineData("list<int!>", "[1,null]", "MissingRequired")]
    [InlineData("struct<a: struct<b: struct<c: int>>>", """{"a":{"b":{"c":1}}}""", "{a={b={c=1}}}")]
    [InlineData("struct<a: struct<b: struct<c: int>>>", """{"a":{"b":{}}}""", "{a={b={c=null}}}")]
    public void NestedTypesHoldWhatTheTextHolds(string type, string json, string expected) =>
        Assert.Equal(expected, Rows.Of(ColumnText.Parse("v: " + type)[0].Type, json));

    [Fact]
    public void ManyMapKeysAreComparedInTime()
    {
        using var rows = new Rows(Schema.Of(new Field(1, "v", MapType.Of(2, PrimitiveType.String, 3, PrimitiveType.Int), false)));
        var entries = string.Join(",", Enumerable.Range(0, 9_999).Select(i => $"\"key{i}\":1"));
        Assert.StartsWith("<key0=1", rows.Add("{\"v\":{" + entries + "}}"), StringComparison.Ordinal);
        Assert.Equal("DuplicateKey", rows.Add("{\"v\":{" + entries + ",\"key77\":2}}"));
        Assert.Equal("TooManyFields", rows.Add("{\"v\":{" + entries + ",\"a\":2,\"b\":3}}"));
        Assert.Equal("TooManyFields", rows.Add("{\"other\":{" + entries + ",\"a\":2,\"b\":3}}"));
    }

    [Fact]
    public void DepthIsCapped()
    {
        var options = new JsonDecoderOptions { MaxDepth = 4 };
        using var rows = new Rows(FieldIds.NewSchema(ColumnText.Parse("v: list<list<list<list<int>>>>, m: map<string, map<string, map<string, map<string, int>>>>, s: string")), options);
        Assert.Equal("[[[null]]]|null|null", rows.Add("""{"v":[[[null]]]}"""));
        Assert.Equal("TooDeep", rows.Add("""{"v":[[[[]]]]}"""));
        Assert.Equal("TooDeep", rows.Add("""{"m":{"a":{"a":{"a":{}}}}}"""));
        Assert.Equal("null|null|[[[]]]", rows.Add("""{"s":[[[]]]}"""));
        Assert.Equal("TooDeep", rows.Add("""{"s":[[[[]]]]}"""));
        Assert.Equal("TooDeep", rows.Add("""{"x":[[[[]]]]}"""));
    }

    [Fact]
    public void ManyOpenBracketsAreAnErrorNotACrash()
    {
        using var rows = new Rows(Event);
        Assert.Equal("TooDeep", rows.Add("{\"x\":" + new string('[', 1_000_000)));
    }

    [Fact]
    public void SizeIsCapped()
    {
        using var rows = new Rows(Event, new() { MaxRecordBytes = 20 });
        Assert.Equal("1|aa|null|null|null|null", rows.Add("""{"id":1,"name":"aa"}"""));
        Assert.Equal("TooLarge", rows.Add("""{"id":1,"name":"aaaaaaaaa"}"""));
    }

    [Fact]
    public void InvalidUtf8IsFoundAnywhere()
    {
        using var rows = new Rows(Event);
        Assert.Equal("InvalidUtf8", rows.Add([.. """{"id":1,"other":"ab"""u8, 0xC3, 0x28, .. "\"}"u8]));
        Assert.Equal(19, rows.Decoder.Error.Position);
        Assert.Equal("InvalidUtf8", rows.Add([.. """{"id":1,"name":"ab"""u8, 0xED, 0xA0, 0x80, .. "\"}"u8]));
    }

    [Fact]
    public void TombstonesAreNamed()
    {
        using var rows = new Rows(Event);
        Assert.Equal(DecodeStatus.Tombstone, rows.Decoder.Decode(new RecordInput([], valueIsNull: true), rows.Batch));
    }

    [Fact]
    public void ABadRecordLeavesItsNeighboursAlone()
    {
        using var rows = new Rows(Event);
        const string Good = """{"id":1,"name":"a","tags":["x","y"],"address":{"city":"c","zip":2},"attrs":{"k":3},"items":[{"sku":"s","n":4}]}""";
        var expected = rows.Add(Good);
        for (var cut = 0; cut < Good.Length; cut++)
        {
            Assert.NotEqual(expected, rows.Add(Good[..cut]));
            Assert.Equal(expected, rows.Add(Good));
        }
        for (var row = 0; row < rows.Batch.Rows; row++) Assert.Equal(expected, rows.Show(row));
    }

    [Fact]
    public void ErrorsNameFieldAndPosition()
    {
        using var rows = new Rows(Event);
        rows.Add("""{"id":1,"address":{"city":5.5,"zip":"x"}}""");
        Assert.Equal("address.zip: text that is no such value at byte 36 (int)", rows.Decoder.Error.ToString());
        rows.Add("""{"id":1,"items":[{"n":1},{"n":[]}]}""");
        Assert.Equal("items.element.n", rows.Decoder.Error.Path);
        rows.Add("""{"id":1} x""");
        Assert.Equal("invalid JSON at byte 9", rows.Decoder.Error.ToString());
    }

    [Fact]
    public void UnknownFieldsFollowThePolicy()
    {
        const string Json = """{"id":1,"address":{"city":"c","geo":{"lat":1.5,"on":[1,2.5]}},"new":"x","nothing":[null],"items":[{"n":1,"extra":true}]}""";
        using var ignoring = new Rows(Event);
        Assert.StartsWith("1|null", ignoring.Add(Json), StringComparison.Ordinal);
        using var refusing = new Rows(Event, new() { UnknownFields = UnknownFields.Refuse });
        Assert.Equal("UnknownField", refusing.Add(Json));
        Assert.Equal("address.geo", refusing.Decoder.Error.Path);
        using var evolving = new Rows(Event, new() { UnknownFields = UnknownFields.Evolve });
        Assert.Equal("NewField", evolving.Add(Json));
        Assert.Equal(
            ["address/geo: struct<lat: double, on: list<double>>", "/new: string", "items.element/extra: boolean"],
            evolving.NewFields([Encoding.UTF8.GetBytes(Json)]).Select(n => $"{n.ParentPath}/{ColumnText.Format([n.Field])}"));
        byte[][] several = [[.. """{"new":1}"""u8], [.. """{"new":2.5,"other":true}"""u8], [.. "no JSON"u8], [.. """{"new":3"""u8]];
        Assert.Equal("new: double, other: boolean", ColumnText.Format([.. evolving.NewFields(several.Select(v => (ReadOnlyMemory<byte>)v)).Select(n => n.Field)]));
        Assert.StartsWith("2|null", evolving.Add("""{"id":2,"unknown":null,"a":{},"b":[[],{}]}"""), StringComparison.Ordinal);
        // Whether a column can have such a name is for the rule of names to say, not for silence.
        Assert.Equal("NewField", evolving.Add("""{"id":2,"":1}"""));
    }

    [Fact]
    public void NewFieldsAreAllReportedHoweverManyThereAre()
    {
        var schema = FieldIds.NewSchema(ColumnText.Parse("id: long, s: struct<x: long>, m: map<string, struct<x: long>>, t: string"));
        using var rows = new Rows(schema, new() { UnknownFields = UnknownFields.Evolve });
        var members = string.Join(",", Enumerable.Range(0, 1_500).Select(i => $"\"f{i}\":{i}"));
        var wide = $$"""{"id":1,{{members}},"s":{ {{members}} },"o":{ {{members}} } }""";
        Assert.Equal("NewField", rows.Add(wide));
        var fields = rows.NewFields([Encoding.UTF8.GetBytes(wide)]);
        Assert.Equal((1_501, 1_500), (fields.Count(f => f.ParentPath.Length == 0), fields.Count(f => f.ParentPath == "s")));
        Assert.Equal(1_500, Assert.IsType<StructType>(fields.Single(f => f.Field.Name == "o").Field.Type).Fields.Length);
        // A map's keys are no fields, and what stands behind many of them is seen too; nor is what a string column keeps as text.
        var entries = string.Join(",", Enumerable.Range(0, 9_000).Select(i => $"\"k{i}\":{{\"x\":{i}}}"));
        var deep = $$"""{"id":1,"t":{ {{entries}} },"m":{ {{entries}},"last":{"y":true} } }""";
        Assert.Equal("NewField", rows.Add(deep));
        var found = Assert.Single(rows.NewFields([Encoding.UTF8.GetBytes(deep)]));
        Assert.Equal("m.value/y: boolean", $"{found.ParentPath}/{ColumnText.Format([found.Field])}");
    }

    [Fact]
    public void ARecordWithMoreNewFieldsThanAreLookedAtIsRefusedWhole()
    {
        using var rows = new Rows(Event, new() { UnknownFields = UnknownFields.Evolve });
        var members = string.Join(",", Enumerable.Range(0, 9_999).Select(i => $"\"f{i}\":{i}"));
        Assert.Equal("TooManyFields", rows.Add($$"""{"id":1,"a":{ {{members}} },"b":{ {{members}} },"c":{ {{members}} } }"""));
        Assert.Equal("NewField", rows.Add($$"""{"id":1,"a":{ {{members}} },"b":{ {{members}} } }"""));
    }

    [Fact]
    public void TheMetadataColumnIsNotForRecords()
    {
        var schema = FieldIds.NewSchema([new Field(0, "id", PrimitiveType.Long, false), KafkaColumn.Field(0)]);
        using var rows = new Rows(schema, new() { UnknownFields = UnknownFields.Evolve });
        var status = rows.Decoder.Decode(new RecordInput("""{"_kafka":{"offset":5,"x":1},"id":1}"""u8), rows.Batch);
        Assert.Equal(DecodeStatus.Ok, status);
        Assert.Equal(0, rows.Batch.Column(1).Count);
        using var refusing = new Rows(schema, new() { UnknownFields = UnknownFields.Refuse });
        Assert.Equal(DecodeStatus.Ok, refusing.Decoder.Decode(new RecordInput("""{"_kafka":null,"id":1}"""u8), refusing.Batch));
    }

    [Fact]
    public void AFullBatchSaysSoAndTheRowCanGoToTheNext()
    {
        using var rows = new Rows(Event, budgetBytes: 4096);
        var text = new string('a', 1500);
        var added = 0;
        while (rows.Add($$$"""{"id":1,"name":"{{{text}}}","attrs":{"k":3},"address":{"city":"c"}}""") != "Full") Assert.True(++added < 10);
        Assert.True(added >= 1);
        rows.Batch.Reset();
        Assert.NotEqual("Full", rows.Add($$$"""{"id":1,"name":"{{{text}}}"}"""));
    }

    [Fact]
    public void DecodingAllocatesNothing()
    {
        using var rows = new Rows(Event, budgetBytes: 1 << 20);
        byte[][] records =
        [
            .. new[]
            {
                """{"id":1,"name":"a","tags":["x","y"],"address":{"city":"c","zip":2},"attrs":{"k":3},"items":[{"sku":"s","n":4}]}""",
                """{"name":"\u00e9\n","id":"12","x":{"y":[1,2,"z"]},"tags":[1,true,{"a":1}],"attrs":{"k":1e2,"l":null}}""",
                """{"id":1.5}""", """{"id":""", """{"id":1,"id":1}""", "{}",
            }.Select(Encoding.UTF8.GetBytes),
        ];
        long before = 0;
        for (var i = 0; i < 110_000; i++)
        {
            if (i == 10_000) before = GC.GetAllocatedBytesForCurrentThread();
            if (rows.Decoder.Decode(new RecordInput(records[i % records.Length]), rows.Batch) != DecodeStatus.Ok) rows.Batch.AbandonRow();
            else if (!rows.Batch.EndRow()) rows.Batch.Reset();
            if ((i & 1023) == 0) rows.Batch.Reset();
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
