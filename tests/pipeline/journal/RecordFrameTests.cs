using System.Text;
using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline.Tests;

public sealed class RecordFrameTests
{
    private static readonly Source Orders = Begun(new Source(0, "orders", 7) { TopicId = "Uq3x" }, 40);

    [Fact]
    public void RecordsComeBackAsTheyWere()
    {
        var writer = new RecordFrameWriter(1 << 20);
        var headers = new Headers(("a", "1"u8.ToArray()), ("", []), ("null", null));
        writer.Add(Record(41, "key", "value", headers), Orders, new(40));
        writer.Add(Record(43, null, ""), Orders, new(42));
        writer.Add(Record(50, "", null), Orders, new(44));

        var frame = new RecordFrameReader(writer.Bytes);
        Assert.Equal(("orders", "Uq3x", 7, new Offset(40), new Offset(51), new Offset(41), 3), (frame.Topic, frame.TopicId, frame.Partition, frame.From, frame.Next, frame.FirstOffset, frame.Count));
        var read = new HeaderCopy();
        Assert.True(frame.TryRead(read, out var record));
        Assert.Equal((new Offset(41), "key", "value", 1_700_000_000_041L, TimestampKind.CreateTime), (record.Offset, Text(record.Key), Text(record.Value), record.TimestampMs, record.TimestampKind));
        Assert.Equal([("a", "1"), ("", ""), ("null", null)], ReadAll(record.Headers!));
        Assert.True(frame.TryRead(read, out record));
        Assert.Equal((new Offset(43), true, false, 0), (record.Offset, record.KeyIsNull, record.ValueIsNull, record.Value.Length));
        Assert.Null(record.Headers);
        Assert.True(frame.TryRead(read, out record));
        Assert.Equal((new Offset(50), false, true), (record.Offset, record.KeyIsNull, record.ValueIsNull));
        Assert.False(frame.TryRead(read, out _));
    }

    [Fact]
    public void FramesOfATopicShareItsNames()
    {
        var writer = new RecordFrameWriter(1 << 20);
        writer.Add(Record(41, null, "x"), Orders, new(40));
        RecordFrameReader one = new(writer.Bytes), other = new(writer.Bytes.ToArray());
        Assert.Same(one.Topic, other.Topic);
        Assert.Same(one.TopicId, other.TopicId);
    }

    [Fact]
    public void OnlyTheVeryFirstFrameOfAPartitionSaysThatItBegins()
    {
        var source = new Source(0, "orders", 0);
        source.StartAt(Offset.None, begins: true);
        var writer = new RecordFrameWriter(1 << 20);
        writer.Add(Record(5, null, "x"), source, new(5));
        source.Take(new(6));
        Assert.True(new RecordFrameReader(writer.Bytes).BeginsPartition);
        writer.Clear();
        writer.Add(Record(6, null, "x"), source, new(6));
        Assert.False(new RecordFrameReader(writer.Bytes).BeginsPartition);
    }

    [Fact]
    public void AFrameHoldsOnePartitionAndEndsWhenItIsLarge()
    {
        var writer = new RecordFrameWriter(1 << 20);
        var other = Begun(new Source(1, "orders", 8), 0);
        Assert.True(writer.Fits(Record(1, null, "x"), Orders));
        writer.Add(Record(1, null, "x"), Orders, new(1));
        Assert.True(writer.Fits(Record(2, null, "x"), Orders));
        Assert.False(writer.Fits(Record(2, null, "x"), other));
        Assert.False(writer.Fits(Record(2L + uint.MaxValue, null, "x"), Orders));
        Assert.False(writer.Fits(Record(2, null, new string('x', 1 << 20)), Orders));
        Assert.False(writer.CanHold(Record(2, null, new string('x', 1 << 20)), Orders));
        writer.Add(Record(2, null, new string('x', RecordFrameWriter.TargetBytes * 3)), Orders, new(2));
        Assert.False(writer.Fits(Record(3, null, "x"), Orders));
        writer.Clear();
        Assert.True(writer.IsEmpty && writer.Fits(Record(2, null, "x"), other));
    }

    [Fact]
    public void NothingFollowsARecordThatWasLeftOut()
    {
        var writer = new RecordFrameWriter(1 << 20);
        writer.End();
        Assert.True(writer.Fits(Record(1, null, "x"), Orders));
        writer.Add(Record(1, null, "x"), Orders, new(1));
        writer.End();
        Assert.False(writer.Fits(Record(3, null, "x"), Orders));
        writer.Clear();
        Assert.True(writer.Fits(Record(3, null, "x"), Orders));
    }

    [Fact]
    public void EveryCutAndEveryFlippedByteIsReadToAnEndOrRefused()
    {
        var writer = new RecordFrameWriter(1 << 20);
        for (var i = 0; i < 3; i++) writer.Add(Record(41 + i, "k", "v", new Headers(("h", "1"u8.ToArray()))), Orders, new(40));
        var whole = writer.Bytes.ToArray();
        for (var cut = 0; cut < whole.Length; cut++) Assert.Throws<EngineException>(() => ReadAll(whole[..cut]));
        for (var at = 0; at < whole.Length; at++)
        {
            var flipped = (byte[])whole.Clone();
            flipped[at] ^= 0xFF;
            try
            {
                ReadAll(flipped);
            }
            catch (EngineException error)
            {
                Assert.Equal(ErrorKind.Corrupt, error.Kind);
            }
        }
    }

    private static void ReadAll(byte[] bytes)
    {
        var frame = new RecordFrameReader(bytes);
        var headers = new HeaderCopy();
        while (frame.TryRead(headers, out var record))
            if (record.Headers is { } found) ReadAll(found);
    }

    private static List<(string, string?)> ReadAll(IRecordHeaders headers)
    {
        var all = new List<(string, string?)>();
        for (var i = 0; headers.TryRead(i, out var name, out var value, out var isNull); i++) all.Add((Text(name), isNull ? null : Text(value)));
        return all;
    }

    private static RecordInput Record(long offset, string? key, string? value, IRecordHeaders? headers = null) => new(Encoding.UTF8.GetBytes(value ?? ""), value is null)
    {
        Key = Encoding.UTF8.GetBytes(key ?? ""),
        KeyIsNull = key is null,
        Offset = new(offset),
        TimestampMs = 1_700_000_000_000 + offset,
        TimestampKind = TimestampKind.CreateTime,
        Headers = headers,
    };

    private static Source Begun(Source source, long at)
    {
        source.StartAt(new(at));
        return source;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private sealed class Headers(params (string Name, byte[]? Value)[] all) : IRecordHeaders
    {
        public bool TryRead(int index, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value, out bool valueIsNull)
        {
            key = value = default;
            valueIsNull = true;
            if (index >= all.Length) return false;
            key = Encoding.UTF8.GetBytes(all[index].Name);
            value = all[index].Value;
            valueIsNull = all[index].Value is null;
            return true;
        }
    }
}
