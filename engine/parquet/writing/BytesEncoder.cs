using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>
/// The encodings of byte strings other than plain, made out of plain ones: <c>width</c> is their fixed length, or 0 where each carries its own in four
/// bytes ahead of it. Source: Encodings.md of parquet-format.
/// </summary>
internal static unsafe class BytesEncoder
{
    /// <summary>Room that encoding can need.</summary>
    internal static long Bound(long plainBytes, long count) => plainBytes + 2 * DeltaEncoder.Bound(count, sizeof(int));

    /// <param name="lengths">Room for <paramref name="count"/> numbers.</param>
    internal static byte* DeltaLength(byte* plain, int count, int* lengths, byte* target)
    {
        var at = plain;
        for (var i = 0; i < count; i++)
        {
            lengths[i] = Unsafe.ReadUnaligned<int>(at);
            at += sizeof(int) + lengths[i];
        }
        target = DeltaEncoder.Encode(lengths, count, target);
        at = plain;
        for (var i = 0; i < count; i++)
        {
            at += sizeof(int);
            Buffer.MemoryCopy(at, target, lengths[i], lengths[i]);
            at += lengths[i];
            target += lengths[i];
        }
        return target;
    }

    /// <param name="lengths">Room for twice <paramref name="count"/> numbers.</param>
    internal static byte* DeltaBytes(byte* plain, int width, int count, int* lengths, byte* target)
    {
        var suffixes = lengths + count;
        var at = plain;
        ReadOnlySpan<byte> last = [];
        for (var i = 0; i < count; i++)
        {
            var value = Next(ref at, width);
            lengths[i] = value.CommonPrefixLength(last);
            suffixes[i] = value.Length - lengths[i];
            last = value;
        }
        target = DeltaEncoder.Encode(lengths, count, target);
        target = DeltaEncoder.Encode(suffixes, count, target);
        at = plain;
        for (var i = 0; i < count; i++)
        {
            Next(ref at, width)[lengths[i]..].CopyTo(new(target, suffixes[i]));
            target += suffixes[i];
        }
        return target;
    }

    /// <summary>BYTE_STREAM_SPLIT of values of <paramref name="width"/> bytes.</summary>
    internal static byte* Split(byte* values, int width, int count, byte* target)
    {
        for (var stream = 0; stream < width; stream++)
        {
            var source = values + stream;
            for (var i = 0; i < count; i++, source += width) target[i] = *source;
            target += count;
        }
        return target;
    }

    private static ReadOnlySpan<byte> Next(scoped ref byte* at, int width)
    {
        var length = width;
        if (width == 0)
        {
            length = Unsafe.ReadUnaligned<int>(at);
            at += sizeof(int);
        }
        var value = new ReadOnlySpan<byte>(at, length);
        at += length;
        return value;
    }
}
