using System.Buffers.Binary;
using System.IO.Hashing;
using K2I.Base;

namespace K2I.Ring;

/// <summary>
/// The keys of one segment's or batch's rows: hashed, compared, written out. A borrow, of the rows that the caller may read. Any thread.
/// </summary>
/// <remarks>
/// A key is its parts one after another, each a length (four bytes, -1 for null) and so many bytes: no two keys share bytes. The hash of a
/// key of one part is of the value alone, so that it is taken where the value lies.
/// </remarks>
internal sealed class KeyReader
{
    internal const int Null = -1, PrefixBytes = sizeof(int);
    private const ulong NullHash = 0x9E37_79B9_7F4A_7C15;

    private readonly KeyPart first;
    private readonly KeyPart[] parts;

    internal KeyReader(KeyPart[] parts)
    {
        this.parts = parts;
        first = parts[0];
    }

    /// <summary>Never 0.</summary>
    internal static ulong HashOf(ReadOnlySpan<byte> key, int parts, long seed)
    {
        if (parts > 1) return Some(XxHash3.HashToUInt64(key, seed));
        return BinaryPrimitives.ReadInt32LittleEndian(key) == Null ? NullHash : Some(XxHash3.HashToUInt64(key[PrefixBytes..], seed));
    }

    /// <summary>As <see cref="HashOf"/> of the row's key.</summary>
    /// <param name="room">Where a key of several parts is put together; grown where it is too small.</param>
    internal ulong Hash(int ordinal, long seed, ref byte[] room)
    {
        if (parts.Length > 1) return Some(XxHash3.HashToUInt64(Write(ordinal, ref room), seed));
        if (first.IsNull(ordinal)) return NullHash;
        var value = 0UL;
        return Some(XxHash3.HashToUInt64(first.Value(ordinal, ref value), seed));
    }

    /// <summary>The row's key is <paramref name="key"/>.</summary>
    internal bool Is(int ordinal, ReadOnlySpan<byte> key)
    {
        foreach (ref readonly var part in parts.AsSpan())
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(key);
            key = key[PrefixBytes..];
            if (part.IsNull(ordinal) != (length == Null)) return false;
            if (length == Null) continue;
            var room = 0UL;
            if (!part.Value(ordinal, ref room).SequenceEqual(key[..length])) return false;
            key = key[length..];
        }
        return key.IsEmpty;
    }

    /// <summary>The row's key is that of another segment's row, or of another row here.</summary>
    internal bool IsSame(int ordinal, KeyReader other, int otherOrdinal)
    {
        Check.Debug(parts.Length == other.parts.Length);
        for (var i = 0; i < parts.Length; i++)
        {
            ref readonly var mine = ref parts[i];
            ref readonly var theirs = ref other.parts[i];
            var isNull = mine.IsNull(ordinal);
            if (isNull != theirs.IsNull(otherOrdinal)) return false;
            if (isNull) continue;
            var (room, otherRoom) = (0UL, 0UL);
            if (!mine.Value(ordinal, ref room).SequenceEqual(theirs.Value(otherOrdinal, ref otherRoom))) return false;
        }
        return true;
    }

    /// <summary>The row's key, in <paramref name="room"/>.</summary>
    internal ReadOnlySpan<byte> Write(int ordinal, ref byte[] room)
    {
        var length = 0;
        foreach (ref readonly var part in parts.AsSpan())
        {
            var isNull = part.IsNull(ordinal);
            var value = 0UL;
            var bytes = isNull ? default : part.Value(ordinal, ref value);
            var end = length + PrefixBytes + bytes.Length;
            if (end > room.Length) Array.Resize(ref room, Math.Max(end, 2 * room.Length));
            BinaryPrimitives.WriteInt32LittleEndian(room.AsSpan(length), isNull ? Null : bytes.Length);
            bytes.CopyTo(room.AsSpan(length + PrefixBytes));
            length = end;
        }
        return room.AsSpan(0, length);
    }

    internal void PrefetchPlace(int ordinal) => first.PrefetchPlace(ordinal);

    internal void PrefetchValue(int ordinal) => first.PrefetchValue(ordinal);

    private static ulong Some(ulong hash) => hash == 0 ? NullHash : hash;
}
