using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using K2I.Base;

namespace K2I.Iceberg;

/// <summary>What Avro blocks, Puffin blobs and metadata files of others are packed with. The bytes are not trusted: damage, or more than the most allowed, is <see cref="ErrorKind.Corrupt"/>.</summary>
internal static class Unpack
{
    private const int ReadStep = 16 << 10;

    public static byte[] Deflate(ReadOnlySpan<byte> packed, int maxBytes, string what) =>
        Inflate(new DeflateStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress), packed.Length, maxBytes, what);

    public static byte[] Gzip(ReadOnlySpan<byte> packed, int maxBytes, string what) =>
        Inflate(new GZipStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress), packed.Length, maxBytes, what);

    public static byte[] Snappy(ReadOnlySpan<byte> packed, int maxBytes, string what)
    {
        if (!Parquet.Snappy.TryReadLength(packed, out var length) || length > maxBytes) throw Json.Bad(what, $"it is not Snappy data of at most {maxBytes} bytes");
        var plain = new byte[length];
        return Parquet.Snappy.TryDecode(packed, plain) ? plain : throw Json.Bad(what, "its Snappy data is damaged");
    }

    /// <summary>Avro's form: raw Snappy, then the CRC-32 of the plain bytes, big-endian.</summary>
    public static byte[] SnappyWithChecksum(ReadOnlySpan<byte> packed, int maxBytes, string what)
    {
        if (packed.Length < 4) throw Json.Bad(what, "a Snappy block without a checksum");
        var plain = Snappy(packed[..^4], maxBytes, what);
        return Crc32.HashToUInt32(plain) == BinaryPrimitives.ReadUInt32BigEndian(packed[^4..]) ? plain : throw Json.Bad(what, "a Snappy block does not have the checksum that it says");
    }

    public static byte[] Zstd(ReadOnlySpan<byte> packed, int maxBytes, string what)
    {
        var plain = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(Parquet.Zstd.MostBytes(packed), 0, maxBytes));
        var length = Parquet.Zstd.Decode(packed, plain);
        if (length < 0) throw Json.Bad(what, $"it is not Zstandard data of at most {maxBytes} bytes");
        Array.Resize(ref plain, length);
        return plain;
    }

    /// <summary>An LZ4 frame; its checksums are passed over. Source: lz4_Frame_format.md of lz4/lz4.</summary>
    public static byte[] Lz4(ReadOnlySpan<byte> packed, int maxBytes, string what)
    {
        const uint magic = 0x184D2204, storedPlain = 0x8000_0000;
        if (packed.Length < 7 || BinaryPrimitives.ReadUInt32LittleEndian(packed) != magic) throw Json.Bad(what, "it is no LZ4 frame");
        int flags = packed[4], sizeCode = packed[5] >> 4;
        if (flags >> 6 != 1 || (flags & 1) != 0 || sizeCode is < 4 or > 7) throw Json.Bad(what, "an LZ4 frame of a kind that is not known");
        var maxBlock = 1 << 8 + 2 * sizeCode;
        var checksum = (flags & 16) != 0 ? 4 : 0;
        Take(ref packed, 7 + (flags & 8), what);
        var plain = Array.Empty<byte>();
        var at = 0;
        while (BinaryPrimitives.ReadUInt32LittleEndian(Take(ref packed, 4, what)) is var size and not 0)
        {
            var block = Take(ref packed, size & ~storedPlain, what);
            Take(ref packed, checksum, what);
            var room = Math.Min(maxBlock, maxBytes - at);
            if (plain.Length - at < room) Array.Resize(ref plain, (int)Math.Min(maxBytes, Math.Max(at + maxBlock, plain.Length * 2L)));
            var written = (size & storedPlain) == 0 ? Parquet.Lz4.Decode(block, plain.AsSpan(0, at + room), at) : block.TryCopyTo(plain.AsSpan(at, room)) ? block.Length : -1;
            if (written < 0) throw Json.Bad(what, $"an LZ4 block is damaged, or there are more than {maxBytes} bytes");
            at += written;
        }
        Array.Resize(ref plain, at);
        return plain;
    }

    private static byte[] Inflate(Stream stream, int packedBytes, int maxBytes, string what)
    {
        try
        {
            using var inflate = stream;
            var plain = new ArrayBufferWriter<byte>((int)Math.Clamp(packedBytes * 3L, 256, maxBytes));
            while (inflate.Read(plain.GetSpan(ReadStep)) is var read and > 0)
            {
                plain.Advance(read);
                if (plain.WrittenCount > maxBytes) throw Json.Bad(what, $"it unpacks to more than {maxBytes} bytes");
            }
            return plain.WrittenSpan.ToArray();
        }
        catch (InvalidDataException error)
        {
            throw new EngineException(ErrorKind.Corrupt, $"{what}: it is not valid deflate or gzip data", error);
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> packed, long count, string what)
    {
        if (count > packed.Length) throw Json.Bad(what, "an LZ4 frame is cut short");
        var taken = packed[..(int)count];
        packed = packed[(int)count..];
        return taken;
    }
}
