using System.Buffers.Binary;
using System.Text;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>Reads a <see cref="RecordFrame"/> where it lies. What it hands out borrows the frame's bytes.</summary>
/// <remarks>The frame's checksum was verified before; lengths are checked all the same, and what does not add up is Corrupt.</remarks>
internal ref struct RecordFrameReader
{
    private readonly ReadOnlySpan<byte> topic;
    private readonly ReadOnlySpan<byte> id;
    private readonly Offset firstOffset;
    private ReadOnlySpan<byte> rest;
    private int left;

    internal RecordFrameReader(ReadOnlySpan<byte> frame)
    {
        Require(frame.Length >= RecordFrame.HeadBytes);
        From = new(BinaryPrimitives.ReadInt64LittleEndian(frame[RecordFrame.From..]));
        Next = new(BinaryPrimitives.ReadInt64LittleEndian(frame[RecordFrame.Next..]));
        firstOffset = new(BinaryPrimitives.ReadInt64LittleEndian(frame[RecordFrame.FirstOffset..]));
        Partition = BinaryPrimitives.ReadInt32LittleEndian(frame[RecordFrame.Partition..]);
        Count = left = BinaryPrimitives.ReadInt32LittleEndian(frame[RecordFrame.Count..]);
        int topicLength = BinaryPrimitives.ReadUInt16LittleEndian(frame[RecordFrame.TopicLength..]), idLength = BinaryPrimitives.ReadUInt16LittleEndian(frame[RecordFrame.IdLength..]);
        BeginsPartition = (BinaryPrimitives.ReadUInt32LittleEndian(frame[RecordFrame.Flags..]) & RecordFrame.BeginsPartition) != 0;
        Require(frame.Length >= RecordFrame.HeadBytes + topicLength + idLength && Count >= 0 && Next >= From);
        topic = frame.Slice(RecordFrame.HeadBytes, topicLength);
        id = frame.Slice(RecordFrame.HeadBytes + topicLength, idLength);
        rest = frame[(RecordFrame.HeadBytes + topicLength + idLength)..];
    }

    internal Offset From { get; }

    internal Offset Next { get; }

    internal readonly Offset FirstOffset => firstOffset;

    internal bool BeginsPartition { get; }

    internal int Partition { get; }

    internal int Count { get; }

    internal readonly ReadOnlySpan<byte> TopicUtf8 => topic;

    internal readonly string Topic => StringPool.Shared.GetOrAdd(topic, Encoding.UTF8);

    internal readonly string? TopicId => id.IsEmpty ? null : StringPool.Shared.GetOrAdd(id, Encoding.UTF8);

    /// <summary>The next record; its headers are loaded into <paramref name="headers"/>. False at the end.</summary>
    internal bool TryRead(HeaderCopy headers, out RecordInput record)
    {
        record = default;
        if (left == 0) return false;
        left--;
        record = RecordBytes.Read(ref rest, firstOffset, topic, Partition, headers);
        return true;
    }

    private static void Require(bool holds)
    {
        if (!holds) throw new EngineException(ErrorKind.Corrupt, "a frame of records does not add up");
    }
}
