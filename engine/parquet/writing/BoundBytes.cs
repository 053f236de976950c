using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>Forms of a min or max: cut for the file's own statistics, or whole as Iceberg's single value.</summary>
internal static class BoundBytes
{
    /// <summary>Bytes of a prefix of at most <paramref name="limit"/> that is a lower bound; of text, a whole number of characters.</summary>
    internal static int LowerLength(ReadOnlySpan<byte> value, int limit, bool text)
    {
        if (value.Length <= limit) return value.Length;
        if (text)
            while (limit > 0 && (value[limit] & 0xC0) == 0x80) limit--;
        return limit;
    }

    /// <summary>
    /// Writes the shortest step above the prefix of <paramref name="value"/>: its last byte (of text: character) raised by one, or dropped where
    /// it is the highest and the one before raised. Returns its length; -1: nothing is above it.
    /// </summary>
    internal static int RaisePrefix(ReadOnlySpan<byte> value, int limit, bool text, Span<byte> target)
    {
        var length = LowerLength(value, limit, text);
        value[..length].CopyTo(target);
        return text ? RaiseText(target, length) : RaiseBinary(target, length);
    }

    /// <summary>The value of a leaf in plain encoding, as Iceberg's single value (table spec, appendix D).</summary>
    internal static byte[] ToSingleValue(ReadOnlySpan<byte> plain, PrimitiveType type, PhysicalType physical)
    {
        if (type.Kind != TypeKind.Decimal) return plain.ToArray();
        Span<byte> bytes = stackalloc byte[16];
        if (physical == PhysicalType.FixedLenByteArray)
        {
            plain.CopyTo(bytes);
            bytes = bytes[..plain.Length];
        }
        else
        {
            var unscaled = plain.Length == 4 ? BinaryPrimitives.ReadInt32LittleEndian(plain) : BinaryPrimitives.ReadInt64LittleEndian(plain);
            BinaryPrimitives.WriteInt64BigEndian(bytes, unscaled);
            bytes = bytes[..8];
        }
        while (bytes.Length > 1 && (bytes[0] == 0 && bytes[1] < 0x80 || bytes[0] == 0xFF && bytes[1] >= 0x80)) bytes = bytes[1..];
        return bytes.ToArray();
    }

    private static int RaiseBinary(Span<byte> bytes, int length)
    {
        for (; length > 0; length--)
        {
            if (bytes[length - 1] == 0xFF) continue;
            bytes[length - 1]++;
            return length;
        }
        return -1;
    }

    private static int RaiseText(Span<byte> bytes, int length)
    {
        while (length > 0)
        {
            var start = length - 1;
            while (start > 0 && (bytes[start] & 0xC0) == 0x80) start--;
            var status = Rune.DecodeFromUtf8(bytes[start..length], out var rune, out var consumed);
            if (status != OperationStatus.Done || consumed != length - start) return RaiseBinary(bytes, length);
            // U+D7FF is followed by U+E000. A raised character may be longer by a byte; the target has room for that.
            var next = rune.Value == 0xD7FF ? 0xE000 : rune.Value + 1;
            if (next <= 0x10FFFF) return start + new Rune(next).EncodeToUtf8(bytes[start..]);
            length = start;
        }
        return -1;
    }
}
