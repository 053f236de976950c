using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Parquet;

/// <summary>Undoes every codec a page can be compressed with. One per reader; contexts are made when first needed.</summary>
internal sealed unsafe class Decompressor : IDisposable
{
    private nint zstd;
    private NativeCodecs.ZlibStream* inflate;

    internal static void CheckKnown(StoredCodec codec)
    {
        if (codec == StoredCodec.Lzo) throw new EngineException(ErrorKind.Unsupported, "it is compressed with LZO");
        Damage.Unless(codec is >= StoredCodec.Uncompressed and <= StoredCodec.Lz4Raw, "it is compressed with an unknown codec");
    }

    /// <summary>Fills exactly <paramref name="capacity"/> bytes; anything else is damage.</summary>
    internal void Decompress(StoredCodec codec, byte* source, int bytes, byte* target, int capacity)
    {
        switch (codec)
        {
            case StoredCodec.Snappy:
                Damage.Unless(Snappy.TryDecode(new(source, bytes), new(target, capacity)), "a Snappy page is damaged");
                break;
            case StoredCodec.Zstd:
                Zstd(source, bytes, target, capacity);
                break;
            case StoredCodec.Gzip:
                Gzip(source, bytes, target, capacity);
                break;
            case StoredCodec.Lz4Raw:
                Damage.Unless(Lz4.Decode(new(source, bytes), new(target, capacity)) == capacity, "an LZ4 page is damaged");
                break;
            case StoredCodec.Lz4:
                if (!TryHadoop(source, bytes, target, capacity))
                    Damage.Unless(Lz4.Decode(new(source, bytes), new(target, capacity)) == capacity, "an LZ4 page is damaged");
                break;
            case StoredCodec.Brotli:
                Damage.Unless(BrotliDecoder.TryDecompress(new(source, bytes), new(target, capacity), out var written) && written == capacity, "a Brotli page is damaged");
                break;
            default:
                Damage.Throw("it is compressed with an unknown codec");
                break;
        }
    }

    public void Dispose()
    {
        if (zstd != 0) NativeCodecs.ZstdFreeDecoder(zstd);
        zstd = 0;
        if (inflate == null) return;
        _ = NativeCodecs.InflateEnd(inflate);
        NativeMemory.Free(inflate);
        inflate = null;
    }

    private void Zstd(byte* source, int bytes, byte* target, int capacity)
    {
        if (zstd == 0) zstd = NativeCodecs.ZstdCreateDecoder();
        if (zstd == 0) throw new EngineException(ErrorKind.Full, "no memory for a zstd context");
        var written = NativeCodecs.ZstdDecompress(zstd, target, (nuint)capacity, source, (nuint)bytes);
        Damage.Unless(NativeCodecs.ZstdIsError(written) == 0 && written == (nuint)capacity, "a zstd page is damaged");
    }

    /// <summary>One gzip member after another until the page is full.</summary>
    private void Gzip(byte* source, int bytes, byte* target, int capacity)
    {
        if (inflate == null)
        {
            var stream = (NativeCodecs.ZlibStream*)NativeMemory.AllocZeroed((nuint)sizeof(NativeCodecs.ZlibStream));
            int made;
            fixed (byte* version = "1\0"u8) made = NativeCodecs.InflateInit(stream, NativeCodecs.AnyWindow, version, sizeof(NativeCodecs.ZlibStream));
            if (made != NativeCodecs.ZlibOk)
            {
                NativeMemory.Free(stream);
                throw new EngineException(ErrorKind.Full, "no memory for a gzip context");
            }
            inflate = stream;
        }
        inflate->NextIn = source;
        inflate->AvailableIn = (uint)bytes;
        inflate->NextOut = target;
        inflate->AvailableOut = (uint)capacity;
        do
        {
            Damage.Unless(NativeCodecs.InflateReset(inflate) == NativeCodecs.ZlibOk, "a gzip page is damaged");
            var result = NativeCodecs.Inflate(inflate, NativeCodecs.ZlibFinish);
            Damage.Unless(result == NativeCodecs.ZlibStreamEnd, "a gzip page is damaged");
        }
        while (inflate->AvailableIn > 0 && inflate->AvailableOut > 0);
        Damage.Unless(inflate->AvailableOut == 0, "a gzip page is cut short");
    }

    /// <summary>Hadoop's frame: blocks of big-endian length, stored length, LZ4 bytes. False when the page does not look like it.</summary>
    private static bool TryHadoop(byte* source, int bytes, byte* target, int capacity)
    {
        while (bytes >= 8)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(new(source, 4));
            var stored = BinaryPrimitives.ReadUInt32BigEndian(new(source + 4, 4));
            source += 8;
            bytes -= 8;
            if (length > (uint)capacity || stored > (uint)bytes) return false;
            if (Lz4.Decode(new(source, (int)stored), new(target, (int)length)) != (int)length) return false;
            source += stored;
            bytes -= (int)stored;
            target += length;
            capacity -= (int)length;
        }
        return bytes == 0 && capacity == 0;
    }
}
