using System.Buffers.Binary;
using System.Text;
using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>Collects consecutive records of one partition into a <see cref="RecordFrame"/>. A lane's thread; allocates only to grow for a large record.</summary>
internal sealed class RecordFrameWriter
{
    /// <summary>A frame that has grown so far is appended: large enough that its head costs nothing, small enough to be in the cache.</summary>
    internal const int TargetBytes = 64 << 10;

    /// <summary>Of a frame with a head and some records; it grows.</summary>
    internal const int FirstBytes = 4 << 10;

    private readonly int maxBytes;
    private int targetBytes;
    private byte[] bytes = new byte[FirstBytes];
    private int length;
    private int count;
    private bool begun;
    private Offset firstOffset;
    private Source? source;
    private bool ended;

    /// <summary>Makes frames of at most <paramref name="maxBytes"/>.</summary>
    internal RecordFrameWriter(int maxBytes) => (this.maxBytes, targetBytes) = (maxBytes, AtMost(TargetBytes, maxBytes));

    internal bool IsEmpty => !begun;

    /// <summary>Bytes of memory that it holds.</summary>
    internal int Capacity => bytes.Length;

    /// <summary>A large record has been in it: it holds more memory than others.</summary>
    internal bool HasGrown => bytes.Length > targetBytes * 2;

    /// <summary>From now on a frame is appended that has grown to so many bytes.</summary>
    internal void Aim(int bytesOfFrame) => targetBytes = AtMost(bytesOfFrame, maxBytes);

    internal ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, length);

    /// <summary>The record can be added to what is there; false asks for the frame to be appended first.</summary>
    internal bool Fits(in RecordInput record, Source of) =>
        !begun || (!ended && ReferenceEquals(of, source) && length < targetBytes && length + RecordBytes.SizeOf(in record) <= maxBytes && record.Offset - firstOffset <= uint.MaxValue);

    /// <summary>A frame of its own could hold the record.</summary>
    internal bool CanHold(in RecordInput record, Source of) =>
        RecordFrame.HeadBytes + of.TopicUtf8.Length + (long)(of.TopicId?.Length ?? 0) * 3 + RecordBytes.SizeOf(in record) <= maxBytes;

    internal void Clear()
    {
        length = count = 0;
        begun = ended = false;
    }

    /// <summary>No further record fits: one was left out.</summary>
    internal void End() => ended = begun;

    /// <summary>Adds a record that fits; <paramref name="from"/> is where its partition stood before.</summary>
    internal void Add(in RecordInput record, Source of, Offset from)
    {
        if (!begun) Begin(record.Offset, of, from);
        var size = (int)RecordBytes.SizeOf(in record);
        if (length + size > bytes.Length) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + size));
        RecordBytes.Write(in record, (uint)(record.Offset - firstOffset), bytes.AsSpan(length, size));
        length += size;
        count++;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(RecordFrame.Next), record.Offset.Next.Value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(RecordFrame.Count), count);
    }

    /// <summary>The frame can go on to say where the partition ends; false asks for it to be appended first.</summary>
    internal bool FitsEnd(Source of) => !begun || (!ended && ReferenceEquals(of, source));

    /// <summary>No further record stands below <paramref name="next"/>; <paramref name="from"/> is where the partition stood before.</summary>
    internal void AddEnd(Source of, Offset from, Offset next)
    {
        if (!begun) Begin(from, of, from);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(RecordFrame.Next), next.Value);
    }

    private static int AtMost(int targetBytes, int maxBytes) => Math.Min(targetBytes, maxBytes / 2);

    private void Begin(Offset offset, Source of, Offset from)
    {
        Check.That(offset.IsNumber);
        (source, firstOffset, begun) = (of, offset, true);
        var idLength = of.TopicId is null ? 0 : Encoding.UTF8.GetByteCount(of.TopicId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(RecordFrame.From), from.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(RecordFrame.FirstOffset), offset.Value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(RecordFrame.Partition), of.Partition);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(RecordFrame.TopicLength), (ushort)of.TopicUtf8.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(RecordFrame.IdLength), (ushort)idLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(RecordFrame.Flags), of.IsAtItsBeginning ? RecordFrame.BeginsPartition : 0);
        of.TopicUtf8.CopyTo(bytes.AsSpan(RecordFrame.HeadBytes));
        if (idLength > 0) _ = Encoding.UTF8.GetBytes(of.TopicId, bytes.AsSpan(RecordFrame.HeadBytes + of.TopicUtf8.Length));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(RecordFrame.Count), 0);
        length = RecordFrame.HeadBytes + of.TopicUtf8.Length + idLength;
    }
}
