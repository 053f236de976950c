using System.Text;
using K2I.Base;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Decode.Tests;

public class RawAndKafka
{
    private sealed class Headers(params (string Key, byte[]? Value)[] all) : IRecordHeaders
    {
        private readonly (byte[] Key, byte[]? Value)[] all = [.. all.Select(h => (Encoding.Latin1.GetBytes(h.Key), h.Value))];

        public bool TryRead(int index, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value, out bool valueIsNull)
        {
            var found = index < all.Length;
            key = found ? all[index].Key : default;
            value = found ? all[index].Value : default;
            valueIsNull = found && all[index].Value is null;
            return found;
        }
    }

    [Theory]
    [InlineData(RawForm.Binary, RawForm.Binary, "6b|ff00")]
    [InlineData(RawForm.String, RawForm.Binary, "k|ff00")]
    [InlineData(RawForm.Binary, RawForm.String, "InvalidUtf8")]
    public void RawKeepsBytes(RawForm key, RawForm value, string expected)
    {
        var schema = Schema.Of(RawDecoder.Fields(1, key, value));
        using var batch = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 16);
        var decoder = new RawDecoder(schema);
        var record = new RecordInput([0xFF, 0]) { Key = "k"u8, KeyIsNull = false };
        var status = decoder.Decode(record, batch);
        Assert.Equal(expected == "InvalidUtf8" ? expected : "Ok", status.ToString());
        if (status != DecodeStatus.Ok)
        {
            Assert.Equal("value: invalid UTF-8 at byte 0 (string)", decoder.Error.ToString());
            return;
        }
        Assert.True(batch.EndRow());
        Assert.Equal(expected, string.Join("|", batch.View().Columns.Select(c => Rows.Show(c, 0))));
    }

    [Fact]
    public void RawNullsFollowTheSchema()
    {
        var schema = Schema.Of(new Field(1, "key", PrimitiveType.String, true), new Field(2, "value", PrimitiveType.String, false), new Field(3, "other", PrimitiveType.Int, false));
        using var batch = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 16);
        var decoder = new RawDecoder(schema);
        Assert.Equal(DecodeStatus.Tombstone, decoder.Decode(new RecordInput([], true), batch));
        Assert.Equal(DecodeStatus.MissingRequired, decoder.Decode(new RecordInput("v"u8), batch));
        batch.AbandonRow();
        Assert.Equal(DecodeStatus.Ok, decoder.Decode(new RecordInput("v"u8) { Key = [], KeyIsNull = false }, batch));
        Assert.True(batch.EndRow());
        Assert.Throws<EngineException>(() => new RawDecoder(Schema.Of(new Field(1, "value", PrimitiveType.Int, false))));
        Assert.Throws<EngineException>(() => new RawDecoder(Schema.Of(new Field(1, "value", PrimitiveType.Binary, false), new Field(2, "x", PrimitiveType.Int, true))));
    }

    [Fact]
    public void TheKafkaColumnSaysWhereARowCameFrom()
    {
        var schema = Schema.Of(KafkaColumn.Field(5));
        Assert.Equal(5 + KafkaColumn.IdCount - 1, schema.HighestId());
        using var batch = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 16);
        var writer = new KafkaColumnWriter(schema);
        writer.Write(
            new RecordInput("v"u8)
            {
                Topic = "events"u8,
                Partition = 3,
                Offset = new(42),
                TimestampMs = 1_700_000_000_123,
                TimestampKind = TimestampKind.CreateTime,
                Key = "k"u8,
                KeyIsNull = false,
                Headers = new Headers(("h", [1, 2]), ("n", null), ("bad\u00ff", [])),
            },
            batch);
        Assert.True(batch.EndRow());
        writer.Write(new RecordInput("v"u8) { Topic = "t"u8, Offset = new(1) }, batch);
        Assert.True(batch.EndRow());
        var view = batch.View().Columns[0];
        Assert.Equal("{topic=events,partition=3,offset=42,timestamp=1700000000123000,timestamp_type=CreateTime,key=6b,headers=[{key=h,value=0102},{key=n,value=null},{key=bad\ufffd,value=}]}", Rows.Show(view, 0));
        Assert.Equal("{topic=t,partition=0,offset=1,timestamp=null,timestamp_type=null,key=null,headers=null}", Rows.Show(view, 1));
    }

    [Theory]
    [InlineData(-62_135_596_800_000, "-62135596800000000")]
    [InlineData(-62_135_596_800_001, "null")]
    [InlineData(253_402_300_799_999, "253402300799999000")]
    [InlineData(253_402_300_800_000, "null")]
    public void ARecordsTimeThatReadersCannotReadIsNull(long timestampMs, string expected)
    {
        var schema = Schema.Of(KafkaColumn.Field(1));
        using var batch = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 16);
        var record = new RecordInput("v"u8) { Topic = "t"u8, TimestampMs = timestampMs, TimestampKind = TimestampKind.CreateTime };
        new KafkaColumnWriter(schema).Write(record, batch);
        Assert.True(batch.EndRow());
        Assert.Contains($"timestamp={expected},timestamp_type=CreateTime", Rows.Show(batch.View().Columns[0], 0), StringComparison.Ordinal);
    }

    [Fact]
    public void AnAdoptedTableMayHaveOtherParts()
    {
        var some = Schema.Of(new Field(1, "_kafka", new StructType([new Field(2, "offset", PrimitiveType.Long, true), new Field(3, "note", PrimitiveType.Int, false)]), false));
        using var batch = new BatchBuilder(some, MemoryTag.Scratch, 1 << 16);
        new KafkaColumnWriter(some).Write(new RecordInput("v"u8) { Topic = "t"u8, Offset = new(9) }, batch);
        Assert.True(batch.EndRow());
        Assert.Equal("{offset=9,note=null}", Rows.Show(batch.View().Columns[0], 0));
        var wrong = Schema.Of(new Field(1, "_kafka", new StructType([new Field(2, "offset", PrimitiveType.String, true)]), false));
        Assert.Throws<EngineException>(() => new KafkaColumnWriter(wrong));
    }
}
