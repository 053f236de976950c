using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace K2I.Parquet;

/// <summary>INT32, INT64, FLOAT and DOUBLE columns. Decimals of up to 18 digits lie wider in memory than in the file: their low bytes are taken.</summary>
internal sealed unsafe class FixedLeaf<T>(SchemaNode node, EncodeContext context) : LeafWriter(node, context)
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private readonly GrowBuffer plain = new(context.Arena), indices = new(context.Arena);
    private readonly FixedDictionary<T> dictionary = new(context.Arena);
    private readonly T[] bounds = new T[2];
    private DictionaryChoice choice = new(DictionaryLimit(node, context));
    private T min = MinMax<T>.Highest, max = MinMax<T>.Lowest;
    private long nans;

    internal override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => MemoryMarshal.Read<T>(a).CompareTo(MemoryMarshal.Read<T>(b));

    protected override long PageBytes => (long)PageValues * sizeof(T);

    protected override long DictionaryBytes => dictionary.Bytes;

    protected override int DictionaryCount => dictionary.Count;

    protected override byte* DictionaryPage => (byte*)dictionary.Values;

    protected override bool WantsPageEnd => choice.Outgrown(dictionary.Bytes);

    protected override long PageNans => nans;

    private T* PlainValues => (T*)(plain.Pointer + Headroom);

    protected override long Cost(in LeafSlice slice, int from, int count) => (long)count * sizeof(T);

    protected override int CountToReach(in LeafSlice slice, int from, int count, long bytes) =>
        (int)Math.Clamp((bytes + sizeof(T) - 1) / sizeof(T), 1, count);

    protected override void AppendValues(in LeafSlice slice, int from, int count)
    {
        if (count == 0) return;
        if (!choice.Active)
        {
            var target = RoomForPlain(PageValues + count) + PageValues;
            Gather(slice, from, count, target);
            MinMax<T>.Update(target, count, ref min, ref max, ref nans);
            Hashes?.AddFixed((byte*)target, sizeof(T), count);
            return;
        }
        var source = Contiguous(slice, from);
        if (source == null)
        {
            source = (T*)Context.Staging.Ensure((long)count * sizeof(T), 0);
            Gather(slice, from, count, source);
        }
        MinMax<T>.Update(source, count, ref min, ref max, ref nans);
        var room = (uint*)indices.Ensure(((long)PageValues + count) * sizeof(uint) + Slack, (long)PageValues * sizeof(uint));
        dictionary.Add(source, count, room + PageValues);
        if (choice.GivesUpEarly(PageValues + count, dictionary.Count)) BecomePlain(PageValues + count);
    }

    protected override PageEncoding EncodePage(byte* levels, int levelBytes, out byte* body, out long bytes)
    {
        if (choice.Active && PageValues > 0)
        {
            JoinIndices(levels, levelBytes, indices, out body, out bytes);
            if (!choice.GivesUp(dictionary.Bytes, bytes - levelBytes, PageBytes))
            {
                if (choice.Outgrown(dictionary.Bytes)) choice.Close();
                return PageEncoding.RleDictionary;
            }
            BecomePlain(PageValues);
        }
        RoomForPlain(PageValues);
        if (Encoding is ColumnEncoding.DeltaBinaryPacked or ColumnEncoding.ByteStreamSplit)
        {
            var target = BodyFor(levels, levelBytes, DeltaEncoder.Bound(PageValues, sizeof(T)));
            body = target - levelBytes;
            bytes = EncodeValues(target) - body;
            return Encoding == ColumnEncoding.DeltaBinaryPacked ? PageEncoding.DeltaBinaryPacked : PageEncoding.ByteStreamSplit;
        }
        JoinPlain(levels, levelBytes, (byte*)PlainValues, PageBytes, out body, out bytes);
        return PageEncoding.Plain;
    }

    protected override void HashDictionary(BloomHashes hashes) => hashes.AddFixed((byte*)dictionary.Values, sizeof(T), dictionary.Count);

    protected override bool PageBounds(out ReadOnlySpan<byte> least, out ReadOnlySpan<byte> greatest)
    {
        // A zero bound covers both zeros: compared, -0.0 and 0.0 are equal.
        var zero = T.Zero;
        bounds[0] = IsFloating && min == zero ? -zero : min;
        bounds[1] = IsFloating && max == zero ? zero : max;
        var bytes = MemoryMarshal.AsBytes(bounds.AsSpan());
        least = bytes[..sizeof(T)];
        greatest = bytes[sizeof(T)..];
        return PageValues > nans;
    }

    protected override void ResetPage()
    {
        (min, max) = (MinMax<T>.Highest, MinMax<T>.Lowest);
        nans = 0;
    }

    protected override void ResetChunk()
    {
        dictionary.Clear(release: !choice.Active);
        choice.Restart();
    }

    protected override void DisposeValues()
    {
        plain.Dispose();
        indices.Dispose();
        dictionary.Dispose();
    }

    private byte* EncodeValues(byte* target) => Encoding == ColumnEncoding.ByteStreamSplit ? BytesEncoder.Split((byte*)PlainValues, sizeof(T), PageValues, target)
        : sizeof(T) == sizeof(int) ? DeltaEncoder.Encode((int*)PlainValues, PageValues, target)
        : DeltaEncoder.Encode((long*)PlainValues, PageValues, target);

    private static bool IsFloating => typeof(T) == typeof(float) || typeof(T) == typeof(double);

    private static T* Contiguous(in LeafSlice slice, int from) =>
        slice.Ordinals != null || slice.View.Width != sizeof(T) ? null : (T*)Values(slice) + slice.Start + from;

    private static byte* Values(in LeafSlice slice) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(slice.View.ValueBytes));

    private static void Gather(in LeafSlice slice, int from, int count, T* target)
    {
        var source = Values(slice);
        long stride = slice.View.Width;
        if (slice.Ordinals == null)
        {
            source += (slice.Start + from) * stride;
            if (stride == sizeof(T)) Buffer.MemoryCopy(source, target, (long)count * sizeof(T), (long)count * sizeof(T));
            else
                for (var i = 0; i < count; i++) target[i] = Unsafe.ReadUnaligned<T>(source + i * stride);
            return;
        }
        var ordinals = slice.Ordinals + from;
        if (stride == sizeof(T))
            for (var i = 0; i < count; i++) target[i] = ((T*)source)[ordinals[i]];
        else
            for (var i = 0; i < count; i++) target[i] = Unsafe.ReadUnaligned<T>(source + ordinals[i] * stride);
    }

    private T* RoomForPlain(int values)
    {
        plain.Ensure(Headroom + (long)values * sizeof(T) + Slack, Headroom + PageBytes);
        return PlainValues;
    }

    /// <summary>Turns the page's indices back into values; no page relies on the dictionary yet.</summary>
    private void BecomePlain(int values)
    {
        var target = RoomForPlain(values);
        var from = (uint*)indices.Pointer;
        for (var i = 0; i < values; i++) target[i] = dictionary.Values[from[i]];
        Hashes?.AddFixed((byte*)target, sizeof(T), values);
        dictionary.Clear(release: true);
        indices.Release();
    }
}
