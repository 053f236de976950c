using System.Text;
using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline.Tests;

public sealed class HeldRecordTests
{
    [Fact]
    public void AHeldRecordIsOfferedAsItWasFetched()
    {
        var headers = new ListedHeaders([("a", "1"), ("b", null), ("", "")]);
        var source = new Source(0, "orders", 7);
        var record = new RecordInput("value"u8) { Key = "k"u8, KeyIsNull = false, Topic = "orders"u8, Partition = 7, Offset = new(1L << 40), TimestampMs = -5, TimestampKind = TimestampKind.LogAppendTime, Headers = headers };
        var again = new HeldRecord(in record, source).Input;
        Assert.Equal("orders/7/1099511627776/-5/LogAppendTime/k/value", Text(in again));
        Assert.Equal("a=1;b=null;=;", HeadersOf(in again));

        var tombstone = new HeldRecord(new RecordInput([], valueIsNull: true) { Offset = new(3) }, source);
        Assert.True(tombstone.Input is { ValueIsNull: true, KeyIsNull: true, Headers: null });
        Assert.True(tombstone.Value.IsEmpty);
        Assert.False(new HeldRecord(new RecordInput([]) { Key = [], KeyIsNull = false }, source).Input is { ValueIsNull: true } or { KeyIsNull: true });
    }

    [Fact]
    public void BytesThatDoNotAddUpAreRefused()
    {
        var record = new RecordInput("value"u8) { Key = "k"u8, KeyIsNull = false, Headers = new ListedHeaders([("a", "1")]) };
        var bytes = new byte[RecordBytes.SizeOf(in record)];
        RecordBytes.Write(in record, 0, bytes);
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => Read(cut)).Kind);
        }
        foreach (var at in new[] { RecordBytes.KeyLength, RecordBytes.ValueLength, RecordBytes.HeaderLength })
        {
            var broken = bytes.ToArray();
            broken[at + 3] = 0x80;
            Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => Read(broken)).Kind);
        }
    }

    [Fact]
    public void RecordsOfPartitionsThatWereTakenAwayAreForgotten()
    {
        var held = new HeldRecords(mostRecords: 3);
        var (stays, goes) = (new Source(0, "t", 0) { Assigned = true }, new Source(1, "t", 1) { Assigned = true });
        foreach (var source in new[] { stays, goes, stays }) held.Add(new RecordInput("x"u8) { Offset = new(1) }, source);
        Assert.True(held.IsFull);
        goes.Assigned = false;
        held.KeepOnly(s => s.Assigned);
        Assert.Equal([stays, stays], held.All.Select(r => r.Source));
        Assert.False(held.IsFull);
    }

    private static void Read(byte[] bytes)
    {
        ReadOnlySpan<byte> from = bytes;
        RecordBytes.Read(ref from, new(0), "t"u8, 0, new HeaderCopy());
    }

    private static string Text(in RecordInput r) =>
        $"{Encoding.UTF8.GetString(r.Topic)}/{r.Partition}/{r.Offset}/{r.TimestampMs}/{r.TimestampKind}/{Encoding.UTF8.GetString(r.Key)}/{Encoding.UTF8.GetString(r.Value)}";

    private static string HeadersOf(in RecordInput r)
    {
        var text = new StringBuilder();
        for (var i = 0; r.Headers!.TryRead(i, out var key, out var value, out var isNull); i++)
            text.Append(Encoding.UTF8.GetString(key)).Append('=').Append(isNull ? "null" : Encoding.UTF8.GetString(value)).Append(';');
        return text.ToString();
    }

    private sealed class ListedHeaders((string Key, string? Value)[] headers) : IRecordHeaders
    {
        public bool TryRead(int index, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value, out bool valueIsNull)
        {
            key = value = default;
            valueIsNull = true;
            if (index >= headers.Length) return false;
            key = Encoding.UTF8.GetBytes(headers[index].Key);
            valueIsNull = headers[index].Value is null;
            if (headers[index].Value is { } text) value = Encoding.UTF8.GetBytes(text);
            return true;
        }
    }
}
