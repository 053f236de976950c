using System.Buffers.Binary;

namespace K2I.Iceberg;

/// <summary>Decodes an LZ4 frame of untrusted bytes; its checksums are passed over. Source: lz4_Frame_format.md and lz4_Block_format.md of lz4/lz4.</summary>
internal static class Lz4Frame
{
    private const uint Magic = 0x184D2204, StoredPlain = 0x8000_0000;
    private const int LeastMatch = 4;

    public static byte[] Decode(ReadOnlySpan<byte> packed, int maxBytes, string what)
    {
        if (packed.Length < 7 || BinaryPrimitives.ReadUInt32LittleEndian(packed) != Magic) throw Json.Bad(what, "it is no LZ4 frame");
        int flags = packed[4];
        if (flags >> 6 != 1 || (flags & 1) != 0) throw Json.Bad(what, "an LZ4 frame of a kind that is not known");
        var header = 7 + ((flags & 8) != 0 ? 8 : 0);
        if (packed.Length < header) throw Json.Bad(what, "an LZ4 frame is cut short");
        var blockChecksum = (flags & 16) != 0 ? 4 : 0;
        packed = packed[header..];
        var plain = new List<byte>(Math.Min(packed.Length * 2, maxBytes));
        while (true)
        {
            if (packed.Length < 4) throw Json.Bad(what, "an LZ4 frame is cut short");
            var size = BinaryPrimitives.ReadUInt32LittleEndian(packed);
            packed = packed[4..];
            if (size == 0) return [.. plain];
            var length = size & ~StoredPlain;
            if (length + blockChecksum > packed.Length) throw Json.Bad(what, "an LZ4 frame is cut short");
            var block = packed[..(int)length];
            if ((size & StoredPlain) != 0) plain.AddRange(block);
            else Block(block, plain, maxBytes, what);
            if (plain.Count > maxBytes) throw Json.Bad(what, $"it unpacks to more than {maxBytes} bytes");
            packed = packed[((int)length + blockChecksum)..];
        }
    }

    private static void Block(ReadOnlySpan<byte> block, List<byte> plain, int maxBytes, string what)
    {
        while (!block.IsEmpty)
        {
            int token = block[0];
            block = block[1..];
            var literals = Length(ref block, token >> 4, what);
            if (literals > block.Length) throw Json.Bad(what, "an LZ4 block is cut short");
            plain.AddRange(block[..(int)literals]);
            block = block[(int)literals..];
            if (block.IsEmpty) return;
            if (block.Length < 2) throw Json.Bad(what, "an LZ4 block is cut short");
            int back = BinaryPrimitives.ReadUInt16LittleEndian(block);
            block = block[2..];
            var copied = Length(ref block, token & 15, what) + LeastMatch;
            if (back == 0 || back > plain.Count || plain.Count + copied > maxBytes) throw Json.Bad(what, "an LZ4 block is damaged");
            for (var i = 0; i < copied; i++) plain.Add(plain[^back]);
        }
    }

    private static long Length(ref ReadOnlySpan<byte> block, int nibble, string what)
    {
        long length = nibble;
        if (nibble < 15) return length;
        while (true)
        {
            if (block.IsEmpty) throw Json.Bad(what, "an LZ4 block is cut short");
            var next = block[0];
            block = block[1..];
            length += next;
            if (next < 255) return length;
        }
    }
}
