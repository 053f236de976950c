using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace K2I.Decode.Protobuf;

/// <summary>
/// Reads the wire format from a part of <paramref name="data"/>. Each step returns false where the bytes are none, or too few; then <see
/// cref="At"/> is where that was noticed. Source: protobuf.dev, "Encoding".
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> data)
{
    internal const uint Varint = 0, Eight = 1, Length = 2, GroupStart = 3, GroupEnd = 4, Four = 5;

    /// <summary>Groups that are passed over lie in each other at most so deep.</summary>
    private const int MaxGroups = 100;

    private readonly ReadOnlySpan<byte> data = data;

    /// <summary>The next byte.</summary>
    internal int At;

    /// <summary>Where what is read now ends; never beyond the data.</summary>
    internal int End = data.Length;

    /// <summary>A field's number and wire type; numbers are 1 to 2^29 - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool ReadTag(out uint tag)
    {
        var is64 = ReadVarint(out var number);
        tag = (uint)number;
        return is64 && number <= uint.MaxValue && tag >= 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool ReadVarint(out ulong value)
    {
        if (At < End && (value = data[At]) < 0x80)
        {
            At++;
            return true;
        }
        return ReadLong(out value);
    }

    internal bool ReadFour(out uint value)
    {
        value = 0;
        if (End - At < 4) return false;
        value = BinaryPrimitives.ReadUInt32LittleEndian(data[At..]);
        At += 4;
        return true;
    }

    internal bool ReadEight(out ulong value)
    {
        value = 0;
        if (End - At < 8) return false;
        value = BinaryPrimitives.ReadUInt64LittleEndian(data[At..]);
        At += 8;
        return true;
    }

    /// <summary>
    /// A number, truth or enum of this kind: whole numbers as 64 bits of their sign or, for unsigned ones, without; others the bits that
    /// they are held in.
    /// </summary>
    internal bool ReadScalar(ProtoKind kind, out ulong bits)
    {
        bool isRead;
        switch (kind)
        {
            case ProtoKind.Double or ProtoKind.Fixed64 or ProtoKind.SFixed64:
                return ReadEight(out bits);
            case ProtoKind.Float or ProtoKind.Fixed32:
                isRead = ReadFour(out var four);
                bits = four;
                return isRead;
            case ProtoKind.SFixed32:
                isRead = ReadFour(out four);
                bits = (ulong)(int)four;
                return isRead;
            default:
                isRead = ReadVarint(out bits);
                break;
        }
        bits = kind switch
        {
            ProtoKind.Int32 or ProtoKind.Enum => (ulong)(int)bits,
            ProtoKind.UInt32 => (uint)bits,
            ProtoKind.SInt32 => (ulong)((int)((uint)bits >> 1) ^ -(int)(bits & 1)),
            ProtoKind.SInt64 => (bits >> 1) ^ (ulong)-(long)(bits & 1),
            ProtoKind.Bool => bits == 0 ? 0UL : 1,
            _ => bits,
        };
        return isRead;
    }

    /// <summary>
    /// Goes past the value that follows a tag. From <paramref name="start"/> to <paramref name="end"/> is the value, of a length or group
    /// what is in it.
    /// </summary>
    internal bool ReadExtent(uint tag, out int start, out int end)
    {
        if ((tag & 7) == Length)
        {
            var isThere = ReadEnd(out end);
            start = At;
            At = end;
            return isThere;
        }
        start = At;
        if ((tag & 7) == GroupStart) return SkipGroup(tag, out end);
        var isRead = Skip(tag);
        end = At;
        return isRead;
    }

    /// <summary>The bytes after a length.</summary>
    internal bool ReadBytes(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!ReadEnd(out var end)) return false;
        bytes = data[At..end];
        At = end;
        return true;
    }

    /// <summary>A length; <paramref name="end"/> is where what follows ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool ReadEnd(out int end)
    {
        var at = At;
        var isLength = ReadVarint(out var length) && length <= (ulong)(End - At);
        end = isLength ? At + (int)length : at;
        if (!isLength) At = at;
        return isLength;
    }

    /// <summary>The bytes between two places.</summary>
    internal readonly ReadOnlySpan<byte> Between(int from, int to) => data[from..to];

    /// <summary>Goes past the value that follows a tag.</summary>
    internal bool Skip(uint tag)
    {
        switch (tag & 7)
        {
            case Varint:
                return ReadVarint(out _);
            case Eight:
                return ReadEight(out _);
            case Length:
                return ReadBytes(out _);
            case Four:
                return ReadFour(out _);
            case GroupStart:
                return SkipGroup(tag, out _);
            default:
                return false;
        }
    }

    /// <summary>The rest of a group; its end tag begins at <paramref name="end"/>.</summary>
    private bool SkipGroup(uint tag, out int end)
    {
        Span<uint> open = stackalloc uint[MaxGroups];
        var depth = 0;
        end = At;
        open[depth++] = tag + 1;
        while (depth > 0)
        {
            end = At;
            if (!ReadTag(out tag)) return false;
            if ((tag & 7) == GroupStart)
            {
                if (depth == MaxGroups) return false;
                open[depth++] = tag + 1;
            }
            else if ((tag & 7) == GroupEnd)
            {
                if (open[--depth] != tag) return false;
            }
            else if (!Skip(tag))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>More than one byte; of the tenth only the lowest bit counts.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ReadLong(out ulong value)
    {
        value = 0;
        var at = At;
        for (var shift = 0; shift < 70 && at < End; shift += 7)
        {
            var part = data[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part >= 0x80) continue;
            At = at;
            return true;
        }
        return false;
    }
}
