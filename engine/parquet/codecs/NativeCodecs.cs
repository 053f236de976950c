using System.Runtime.InteropServices;

namespace K2I.Parquet;

/// <summary>The C codecs that are linked in: zstd, lz4, zlib.</summary>
internal static unsafe partial class NativeCodecs
{
    internal const int ZstdCompressionLevel = 100, ZstdHashLog = 102, ZstdMinMatch = 105, ZstdTargetLength = 106, ZstdLiteralCompression = 1002;
    internal const int ZlibOk = 0, ZlibStreamEnd = 1, ZlibFinish = 4;

    /// <summary>zlib's largest window; it tells gzip from zlib by the header.</summary>
    internal const int AnyWindow = 15 + 32;

    private const string Library = "k2i_native";

    [LibraryImport(Library, EntryPoint = "ZSTD_createCCtx")]
    internal static partial nint ZstdCreateCompressor();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeCCtx")]
    internal static partial nuint ZstdFreeCompressor(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_CCtx_setParameter")]
    internal static partial nuint ZstdSet(nint context, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_compress2")]
    internal static partial nuint ZstdCompress(nint context, byte* target, nuint capacity, byte* source, nuint bytes);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressBound")]
    internal static partial nuint ZstdBound(nuint bytes);

    [LibraryImport(Library, EntryPoint = "ZSTD_createDCtx")]
    internal static partial nint ZstdCreateDecoder();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDCtx")]
    internal static partial nuint ZstdFreeDecoder(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressDCtx")]
    internal static partial nuint ZstdDecompress(nint context, byte* target, nuint capacity, byte* source, nuint bytes);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompress")]
    internal static partial nuint ZstdDecompress(byte* target, nuint capacity, byte* source, nuint bytes);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressBound")]
    internal static partial ulong ZstdDecompressBound(byte* source, nuint bytes);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    internal static partial uint ZstdIsError(nuint code);

    [LibraryImport(Library, EntryPoint = "LZ4_sizeofState")]
    internal static partial int Lz4StateBytes();

    [LibraryImport(Library, EntryPoint = "LZ4_compressBound")]
    internal static partial int Lz4Bound(int bytes);

    [LibraryImport(Library, EntryPoint = "LZ4_compress_fast_extState")]
    internal static partial int Lz4Compress(void* state, byte* source, byte* target, int bytes, int capacity, int acceleration);

    [LibraryImport(Library, EntryPoint = "LZ4_decompress_safe_usingDict")]
    internal static partial int Lz4Decompress(byte* source, byte* target, int bytes, int capacity, byte* history, int historyBytes);

    [LibraryImport(Library, EntryPoint = "deflateInit2_")]
    internal static partial int DeflateInit(
        ZlibStream* stream, int level, int method, int windowBits, int memoryLevel, int strategy, byte* version, int streamBytes);

    [LibraryImport(Library, EntryPoint = "deflateReset")]
    internal static partial int DeflateReset(ZlibStream* stream);

    [LibraryImport(Library, EntryPoint = "deflateBound")]
    internal static partial nuint DeflateBound(ZlibStream* stream, nuint bytes);

    [LibraryImport(Library, EntryPoint = "deflate")]
    internal static partial int Deflate(ZlibStream* stream, int flush);

    [LibraryImport(Library, EntryPoint = "deflateEnd")]
    internal static partial int DeflateEnd(ZlibStream* stream);

    [LibraryImport(Library, EntryPoint = "inflateInit2_")]
    internal static partial int InflateInit(ZlibStream* stream, int windowBits, byte* version, int streamBytes);

    [LibraryImport(Library, EntryPoint = "inflateReset")]
    internal static partial int InflateReset(ZlibStream* stream);

    [LibraryImport(Library, EntryPoint = "inflate")]
    internal static partial int Inflate(ZlibStream* stream, int flush);

    [LibraryImport(Library, EntryPoint = "inflateEnd")]
    internal static partial int InflateEnd(ZlibStream* stream);

    /// <summary>zlib's z_stream on 64-bit Linux (zlib.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ZlibStream
    {
        internal byte* NextIn;
        internal uint AvailableIn;
        internal nuint TotalIn;
        internal byte* NextOut;
        internal uint AvailableOut;
        internal nuint TotalOut;
        internal nint Message;
        internal nint State;
        internal nint Allocate;
        internal nint Release;
        internal nint Opaque;
        internal int DataType;
        internal nuint Adler;
        internal nuint Reserved;
    }
}
