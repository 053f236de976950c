using System.Buffers.Binary;

namespace K2I.Decode.Protobuf;

/// <summary>
/// A message in the form that can be read in one pass, with the same meaning: fields in the order of their declaration, a single one once,
/// its parts joined, of a oneof the member that came last, of a map each key once; what the schema does not know left out. One thread; what
/// it returns lasts until it is asked again.
/// </summary>
/// <remarks>Messages merge as their encodings are joined. Source: protobuf.dev, "Encoding", "Last One Wins", and "Oneof".</remarks>
internal sealed class WireMerger(int maxDepth)
{
    /// <summary>Fields of all messages that are open at a time.</summary>
    private const int MaxParts = 1 << 20;

    /// <summary>A length that is written before it is known: a varint of so many bytes.</summary>
    private const int LengthBytes = 5;

    private static readonly Comparison<Part> InOrder =
        static (a, b) => a.Field != b.Field ? a.Field.CompareTo(b.Field) : a.Start.CompareTo(b.Start);

    private readonly KeySet keys = new();
    private Part[] parts = new Part[64];
    private int count;
    private byte[] output = new byte[1024];
    private int written;

    /// <summary>A field on the wire.</summary>
    /// <param name="Field">Its place among the message's fields; -1 where it does not count.</param>
    /// <param name="Tag">As it came.</param>
    /// <param name="Start">Of the value, or what is in the length or group.</param>
    /// <param name="End">Of the same.</param>
    private record struct Part(int Field, uint Tag, int Start, int End);

    internal ReadOnlySpan<byte> Merge(ProtoMessage message, ReadOnlySpan<byte> value, out DecodeStatus refusal)
    {
        written = 0;
        count = 1;
        parts[0] = new(0, 0, 0, value.Length);
        keys.Clear();
        refusal = Message(message, value, 0, 1, 1);
        return output.AsSpan(0, written);
    }

    /// <summary>
    /// Bytes that tell an entry's key from others, in the entry or in <paramref name="scratch"/>, of eight bytes. Bytes that are no entry
    /// have some key.
    /// </summary>
    internal static ReadOnlySpan<byte> KeyOf(ProtoMessage entry, ReadOnlySpan<byte> bytes, Span<byte> scratch)
    {
        var key = entry.Find(1)!;
        ReadOnlySpan<byte> last = default;
        ulong bits = 0;
        var reader = new WireReader(bytes);
        while (reader.At < reader.End && reader.ReadTag(out var tag))
        {
            var isRead = tag != (8 | key.Wire) ? reader.Skip(tag)
                : key.Wire == WireReader.Length ? reader.ReadBytes(out last)
                : reader.ReadScalar(key.Kind, out bits);
            if (!isRead) break;
        }
        if (key.Wire == WireReader.Length) return last;
        BinaryPrimitives.WriteUInt64LittleEndian(scratch, bits);
        return scratch;
    }

    /// <summary>The message whose encoding is that of these parts, joined.</summary>
    private DecodeStatus Message(ProtoMessage message, ReadOnlySpan<byte> source, int from, int to, int depth)
    {
        if (depth > maxDepth) return DecodeStatus.TooDeep;
        var first = count;
        for (var i = from; i < to; i++)
            if (Scan(message, source, parts[i].Start, parts[i].End) is not DecodeStatus.Ok and var refusal) return refusal;
        if (message.Oneofs > 0) KeepLast(message, first);
        parts.AsSpan(first, count - first).Sort(InOrder);
        for (int at = first, next; at < count; at = next)
        {
            for (next = at + 1; next < count && parts[next].Field == parts[at].Field;) next++;
            if (parts[at].Field < 0) continue;
            if (Field(message.Fields[parts[at].Field], source, at, next, depth) is not DecodeStatus.Ok and var refusal) return refusal;
        }
        count = first;
        return DecodeStatus.Ok;
    }

    /// <summary>Takes down where the fields are that the message knows.</summary>
    private DecodeStatus Scan(ProtoMessage message, ReadOnlySpan<byte> source, int from, int to)
    {
        var reader = new WireReader(source) { At = from, End = to };
        while (reader.At < to)
        {
            if (!reader.ReadTag(out var tag)) return DecodeStatus.Malformed;
            if (!reader.ReadExtent(tag, out var start, out var end)) return DecodeStatus.Malformed;
            var field = message.PositionOf((int)(tag >> 3));
            if (field < 0 || !message.Fields[field].Takes(tag & 7)) continue;
            if (count == MaxParts) return DecodeStatus.TooManyFields;
            if (count == parts.Length) Array.Resize(ref parts, count * 2);
            parts[count++] = new(field, tag, start, end);
        }
        return DecodeStatus.Ok;
    }

    /// <summary>Of each oneof only the member that came last counts, and of it what came after any other member.</summary>
    private void KeepLast(ProtoMessage message, int first)
    {
        const int none = -1, over = -2;
        Span<int> last = message.Oneofs <= 64 ? stackalloc int[message.Oneofs] : new int[message.Oneofs];
        last.Fill(none);
        for (var i = count - 1; i >= first; i--)
        {
            ref var part = ref parts[i];
            if (message.Fields[part.Field].Oneof is not (>= 0 and var oneof)) continue;
            if (last[oneof] == none) last[oneof] = part.Field;
            if (last[oneof] == part.Field) continue;
            last[oneof] = over;
            part.Field = -1;
        }
    }

    private DecodeStatus Field(ProtoField field, ReadOnlySpan<byte> source, int from, int to, int depth)
    {
        if (field.IsMap) DropEarlier(field.Message!, source, from, to);
        if (field is { IsRepeated: false, Message: { } single }) return Inner(parts[from].Tag, single, source, from, to, depth + 1);
        if (!field.IsRepeated) from = to - 1;
        for (var i = from; i < to; i++)
        {
            if (parts[i].Field < 0) continue;
            if (field.Message is not { } message) Copy(parts[i], source);
            else if (Inner(parts[i].Tag, message, source, i, i + 1, field.IsMap ? depth : depth + 1) is not DecodeStatus.Ok and var refusal)
                return refusal;
        }
        return DecodeStatus.Ok;
    }

    private void DropEarlier(ProtoMessage entry, ReadOnlySpan<byte> source, int from, int to)
    {
        Span<byte> scratch = stackalloc byte[sizeof(ulong)];
        var outer = keys.Begin();
        for (var i = to - 1; i >= from; i--)
            if (!keys.Add(KeyOf(entry, source[parts[i].Start..parts[i].End], scratch))) parts[i].Field = -1;
        keys.End(outer);
    }

    private DecodeStatus Inner(uint tag, ProtoMessage message, ReadOnlySpan<byte> source, int from, int to, int depth)
    {
        WriteVarint(tag);
        if ((tag & 7) == WireReader.GroupStart)
        {
            var status = Message(message, source, from, to, depth);
            WriteVarint(tag + 1);
            return status;
        }
        var at = written;
        _ = Room(LengthBytes);
        if (Message(message, source, from, to, depth) is not DecodeStatus.Ok and var refusal) return refusal;
        var length = (uint)(written - at - LengthBytes);
        for (var i = 0; i < LengthBytes; i++, length >>= 7) output[at + i] = (byte)((length & 0x7F) | (i < LengthBytes - 1 ? 0x80u : 0));
        return DecodeStatus.Ok;
    }

    private void Copy(Part part, ReadOnlySpan<byte> source)
    {
        WriteVarint(part.Tag);
        var bytes = source[part.Start..part.End];
        if ((part.Tag & 7) == WireReader.Length) WriteVarint((uint)bytes.Length);
        bytes.CopyTo(Room(bytes.Length));
    }

    private void WriteVarint(uint value)
    {
        for (; value >= 0x80; value >>= 7) Room(1)[0] = (byte)(value | 0x80);
        Room(1)[0] = (byte)value;
    }

    private Span<byte> Room(int bytes)
    {
        if (bytes > output.Length - written) Array.Resize(ref output, Math.Max(output.Length * 2, written + bytes));
        written += bytes;
        return output.AsSpan(written - bytes, bytes);
    }
}
