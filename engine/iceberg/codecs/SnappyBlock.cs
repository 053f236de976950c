using System.Buffers.Binary;

namespace K2I.Iceberg;

/// <summary>Decodes raw Snappy of untrusted bytes: a varint of the length, then literals and copies of what came before. Source: format_description.txt of google/snappy.</summary>
internal static class SnappyBlock
{
    public static byte[] Decode(ReadOnlySpan<byte> packed, int maxBytes, string what)
    {
        ulong length = 0;
        for (var shift = 0; ; shift += 7)
        {
            if (packed.IsEmpty || shift > 28) throw Json.Bad(what, "Snappy data without a length");
            var next = packed[0];
            packed = packed[1..];
            length |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) break;
        }
        // A byte of input makes at most 64 of output (a copy of two bytes), so a false length does not reserve much.
        if (length > (ulong)maxBytes || length > (ulong)packed.Length * 64) throw Json.Bad(what, $"Snappy data of {length} bytes");
        var plain = new byte[length];
        var at = 0;
        while (!packed.IsEmpty)
        {
            int tag = packed[0];
            var kind = tag & 3;
            var extra = kind switch { 0 => Math.Max(0, (tag >> 2) - 59), 3 => 4, var other => other };
            if (packed.Length <= extra) throw Json.Bad(what, "Snappy data is cut short");
            var word = LittleEndian(packed.Slice(1, extra));
            packed = packed[(1 + extra)..];
            if (kind == 0)
            {
                var count = (extra == 0 ? (uint)tag >> 2 : word) + 1L;
                if (count > packed.Length || count > plain.Length - at) throw Json.Bad(what, "Snappy data is damaged");
                packed[..(int)count].CopyTo(plain.AsSpan(at));
                packed = packed[(int)count..];
                at += (int)count;
                continue;
            }
            var copied = kind == 1 ? 4 + (tag >> 2 & 7) : 1 + (tag >> 2);
            var back = kind == 1 ? (uint)(tag >> 5) << 8 | word : word;
            if (back == 0 || back > (uint)at || copied > plain.Length - at) throw Json.Bad(what, "Snappy data is damaged");
            for (var i = 0; i < copied; i++, at++) plain[at] = plain[at - (int)back];
        }
        return at == plain.Length ? plain : throw Json.Bad(what, "Snappy data is cut short");
    }

    private static uint LittleEndian(ReadOnlySpan<byte> bytes)
    {
        uint value = 0;
        for (var i = 0; i < bytes.Length; i++) value |= (uint)bytes[i] << 8 * i;
        return value;
    }

    /// <summary>Avro's form: raw Snappy, then the CRC-32 of the plain bytes, big-endian.</summary>
    public static byte[] DecodeWithChecksum(ReadOnlySpan<byte> packed, int maxBytes, string what)
    {
        if (packed.Length < 4) throw Json.Bad(what, "a Snappy block without a checksum");
        var plain = Decode(packed[..^4], maxBytes, what);
        return Crc32.Of(plain) == BinaryPrimitives.ReadUInt32BigEndian(packed[^4..]) ? plain : throw Json.Bad(what, "a Snappy block does not have the checksum that it says");
    }
}
