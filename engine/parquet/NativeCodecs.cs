using System.Runtime.InteropServices;

namespace K2I.Parquet;

/// <summary>The C codecs that are linked in: zstd, lz4, zlib, xxhash.</summary>
internal static unsafe partial class NativeCodecs
{
    internal const int ZstdCompressionLevel = 100, ZstdHashLog = 102, ZstdMinMatch = 105, ZstdTargetLength = 106, ZstdLiteralCompression = 1002;
    internal const int DeflateFinish = 4, DeflateStreamEnd = 1;

    private const string Library = "k2i_native";

    [LibraryImport(Library, EntryPoint = "ZSTD_createCCtx")]
    internal static partial nint ZstdCreate();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeCCtx")]
    internal static partial nuint ZstdFree(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_CCtx_setParameter")]
    internal static partial nuint ZstdSet(nint context, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_compress2")]
    internal static partial nuint ZstdCompress(nint context, byte* target, nuint capacity, byte* source, nuint bytes);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressBound")]
    internal static partial nuint ZstdBound(nuint bytes);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    internal static partial uint ZstdIsError(nuint code);

    [LibraryImport(Library, EntryPoint = "LZ4_sizeofState")]
    internal static partial int Lz4StateBytes();

    [LibraryImport(Library, EntryPoint = "LZ4_compressBound")]
    internal static partial int Lz4Bound(int bytes);

    [LibraryImport(Library, EntryPoint = "LZ4_compress_fast_extState")]
    internal static partial int Lz4Compress(void* state, byte* source, byte* target, int bytes, int capacity, int acceleration);

    [LibraryImport(Library, EntryPoint = "deflateInit2_")]
    internal static partial int DeflateInit(
        DeflateStream* stream, int level, int method, int windowBits, int memoryLevel, int strategy, byte* version, int streamBytes);

    [LibraryImport(Library, EntryPoint = "deflateReset")]
    internal static partial int DeflateReset(DeflateStream* stream);

    [LibraryImport(Library, EntryPoint = "deflateBound")]
    internal static partial nuint DeflateBound(DeflateStream* stream, nuint bytes);

    [LibraryImport(Library, EntryPoint = "deflate")]
    internal static partial int Deflate(DeflateStream* stream, int flush);

    [LibraryImport(Library, EntryPoint = "deflateEnd")]
    internal static partial int DeflateEnd(DeflateStream* stream);

    [LibraryImport(Library, EntryPoint = "XXH64")]
    [SuppressGCTransition]
    internal static partial ulong XxHash64(byte* bytes, nuint count, ulong seed);

    [LibraryImport(Library, EntryPoint = "crc32_z")]
    internal static partial nuint Crc32(nuint crc, byte* bytes, nuint count);

    /// <summary>zlib's z_stream on 64-bit Linux (zlib.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct DeflateStream
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
