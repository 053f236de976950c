using System.Runtime.InteropServices;

namespace K2I.Parquet;

/// <summary>The decoding side of the C codecs that are linked in.</summary>
internal static unsafe partial class NativeDecoders
{
    internal const int InflateDone = 1, InflateOk = 0, InflateNoProgress = -5;

    /// <summary>zlib's largest window; it tells gzip from zlib by the header.</summary>
    internal const int AnyWindow = 15 + 32;

    private const string Library = "k2i_native";

    [LibraryImport(Library, EntryPoint = "ZSTD_createDCtx")]
    internal static partial nint ZstdCreate();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDCtx")]
    internal static partial nuint ZstdFree(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressDCtx")]
    internal static partial nuint ZstdDecompress(nint context, byte* target, nuint capacity, byte* source, nuint bytes);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    internal static partial uint ZstdIsError(nuint code);

    [LibraryImport(Library, EntryPoint = "LZ4_decompress_safe")]
    internal static partial int Lz4Decompress(byte* source, byte* target, int bytes, int capacity);

    [LibraryImport(Library, EntryPoint = "inflateInit2_")]
    internal static partial int InflateInit(NativeCodecs.DeflateStream* stream, int windowBits, byte* version, int streamBytes);

    [LibraryImport(Library, EntryPoint = "inflateReset")]
    internal static partial int InflateReset(NativeCodecs.DeflateStream* stream);

    [LibraryImport(Library, EntryPoint = "inflate")]
    internal static partial int Inflate(NativeCodecs.DeflateStream* stream, int flush);

    [LibraryImport(Library, EntryPoint = "inflateEnd")]
    internal static partial int InflateEnd(NativeCodecs.DeflateStream* stream);
}
