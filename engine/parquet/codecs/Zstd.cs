namespace K2I.Parquet;

/// <summary>Zstandard frames of untrusted bytes, one or several in a row.</summary>
public static unsafe class Zstd
{
    /// <summary>The most that the frames can unpack to, by their headers alone; negative when they are damaged.</summary>
    public static long MostBytes(ReadOnlySpan<byte> packed)
    {
        fixed (byte* source = packed) return (long)NativeCodecs.ZstdDecompressBound(source, (nuint)packed.Length) is >= 0 and var bytes ? bytes : -1;
    }

    /// <returns>The bytes written; negative when the frames are damaged or there is not enough room.</returns>
    public static int Decode(ReadOnlySpan<byte> packed, Span<byte> plain)
    {
        fixed (byte* source = packed)
        fixed (byte* target = plain)
        {
            var written = NativeCodecs.ZstdDecompress(target, (nuint)plain.Length, source, (nuint)packed.Length);
            return NativeCodecs.ZstdIsError(written) == 0 ? (int)written : -1;
        }
    }
}
