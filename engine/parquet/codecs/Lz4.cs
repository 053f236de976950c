namespace K2I.Parquet;

/// <summary>LZ4 blocks of untrusted bytes, without the frames that formats put around them.</summary>
public static unsafe class Lz4
{
    /// <summary>Unpacks one block behind the first <paramref name="start"/> bytes of the buffer, which it may repeat.</summary>
    /// <returns>The bytes written; negative when the block is damaged or there is not enough room.</returns>
    public static int Decode(ReadOnlySpan<byte> packed, Span<byte> buffer, int start = 0)
    {
        var room = buffer[start..].Length;
        fixed (byte* source = packed)
        fixed (byte* target = buffer)
            return NativeCodecs.Lz4Decompress(source, target + start, packed.Length, room, target, start);
    }
}
