using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>BYTE_ARRAY and FIXED_LEN_BYTE_ARRAY columns: strings, binary, fixed, uuid, and decimals of more than 18 digits.</summary>
internal sealed unsafe class BytesLeaf : LeafWriter
{
    private readonly GrowBuffer plain, indices;
    private readonly BytesDictionary dictionary;
    private readonly bool isDecimal;
    private readonly int width;
    private readonly ulong signFlip;
    private DictionaryChoice choice;
    private PageExtremes extremes;
    private long plainBytes;
    private long indexedBytes;

    internal BytesLeaf(SchemaNode node, EncodeContext context) : base(node, context)
    {
        plain = new(context.Arena);
        indices = new(context.Arena);
        width = Physical == PhysicalType.FixedLenByteArray ? PhysicalTypes.FixedLength(Type) : 0;
        isDecimal = Type.Kind == TypeKind.Decimal;
        signFlip = isDecimal ? 1UL << 63 : 0;
        dictionary = new(context.Arena, width);
        choice = new(DictionaryLimit(node, context));
    }

    internal override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) =>
        isDecimal && (a[0] ^ b[0]) >= 0x80 ? (sbyte)a[0] - (sbyte)b[0] : a.SequenceCompareTo(b);

    protected override long PageBytes => choice.Active ? indexedBytes : plainBytes;

    protected override long DictionaryBytes => dictionary.Bytes;

    protected override int DictionaryCount => dictionary.Count;

    protected override byte* DictionaryPage => dictionary.Page;

    protected override bool WantsPageEnd => choice.Outgrown(dictionary.Bytes);

    protected override long PageUnencodedBytes => width == 0 ? plainBytes - (long)PageValues * sizeof(int) : 0;

    private byte* PlainValues => plain.Pointer + Headroom;

    /// <summary>
    /// Through a proven dictionary most values cost an index only; long ones count in part, so that a page of new long values cannot swell the
    /// dictionary without end.
    /// </summary>
    protected override long Cost(in LeafSlice slice, int from, int count)
    {
        if (width > 0) return (long)count * (choice.Judged && choice.Active ? sizeof(uint) + width / 8 : width);
        var bytes = TotalBytes(slice, from, count);
        return (long)count * sizeof(int) + (choice.Judged && choice.Active ? bytes / 8 : bytes);
    }

    protected override int CountToReach(in LeafSlice slice, int from, int count, long bytes)
    {
        if (slice.Ordinals == null)
        {
            int low = 1, high = count;
            while (low < high)
            {
                var middle = low + (high - low) / 2;
                if (Cost(slice, from, middle) >= bytes) high = middle;
                else low = middle + 1;
            }
            return low;
        }
        long cost = 0;
        for (var i = 0; i < count; i++)
        {
            cost += Cost(slice, from + i, 1);
            if (cost >= bytes) return i + 1;
        }
        return count;
    }

    protected override void AppendValues(in LeafSlice slice, int from, int count)
    {
        if (count == 0) return;
        indexedBytes += choice.Active ? Cost(slice, from, count) : 0;
        var source = isDecimal ? StageDecimals(slice, from, count) : Source(slice, from);
        var bytes = width > 0 ? (long)width * count : TotalBytes(slice, from, count) + (long)count * sizeof(int);
        if (choice.Active)
        {
            dictionary.Add(source, count, (uint*)indices.Ensure(((long)PageValues + count) * sizeof(uint) + Slack, (long)PageValues * sizeof(uint)) + PageValues);
            plainBytes += bytes;
            if (choice.GivesUpEarly(PageValues + count, dictionary.Count)) BecomePlain(PageValues + count);
            return;
        }
        plain.Ensure(Headroom + plainBytes + bytes + Slack, Headroom + plainBytes);
        if (width > 0) CopyFixed(source, count);
        else CopyPrefixed(source, count);
    }

    protected override PageEncoding EncodePage(byte* levels, int levelBytes, out byte* body, out long bytes)
    {
        if (choice.Active && PageValues > 0)
        {
            JoinIndices(levels, levelBytes, indices, out body, out bytes);
            if (!choice.GivesUp(dictionary.Bytes, bytes - levelBytes, plainBytes))
            {
                FindExtremesOfIndices();
                if (choice.Outgrown(dictionary.Bytes)) choice.Close();
                return PageEncoding.RleDictionary;
            }
            BecomePlain(PageValues);
        }
        plain.Ensure(Headroom + plainBytes + Slack, Headroom + plainBytes);
        if (Encoding > ColumnEncoding.Plain)
        {
            var target = BodyFor(levels, levelBytes, BytesEncoder.Bound(plainBytes, PageValues));
            body = target - levelBytes;
            bytes = EncodeValues(target, out var encoding) - body;
            return encoding;
        }
        JoinPlain(levels, levelBytes, PlainValues, plainBytes, out body, out bytes);
        return PageEncoding.Plain;
    }

    protected override void HashDictionary(BloomHashes hashes)
    {
        for (uint i = 0; i < dictionary.Count; i++)
        {
            var value = dictionary.Value(i, out var length);
            hashes.Add(value, length);
        }
    }

    protected override bool PageBounds(out ReadOnlySpan<byte> min, out ReadOnlySpan<byte> max)
    {
        var start = extremes.InDictionary ? dictionary.Page : PlainValues;
        min = extremes.Any ? new(start + extremes.MinAt, extremes.MinLength) : [];
        max = extremes.Any ? new(start + extremes.MaxAt, extremes.MaxLength) : [];
        return extremes.Any;
    }

    protected override void ResetPage()
    {
        extremes = default;
        plainBytes = indexedBytes = 0;
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

    private byte* EncodeValues(byte* target, out PageEncoding encoding)
    {
        switch (Encoding)
        {
            case ColumnEncoding.DeltaLengthByteArray:
                encoding = PageEncoding.DeltaLengthByteArray;
                return BytesEncoder.DeltaLength(PlainValues, PageValues, Lengths(PageValues), target);
            case ColumnEncoding.DeltaByteArray:
                encoding = PageEncoding.DeltaByteArray;
                return BytesEncoder.DeltaBytes(PlainValues, width, PageValues, Lengths(2L * PageValues), target);
            default:
                encoding = PageEncoding.ByteStreamSplit;
                return BytesEncoder.Split(PlainValues, width, PageValues, target);
        }
    }

    private int* Lengths(long count) => (int*)Context.Staging.Ensure(count * sizeof(int), 0);

    private static BytesSource Source(in LeafSlice slice, int from)
    {
        var view = slice.View;
        var bytes = view.ValueBytes;
        return new()
        {
            Bytes = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes)),
            End = bytes.Length,
            Offsets = view.Layout == ColumnLayout.Bytes ? (int*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(view.Offsets)) : null,
            Ordinals = slice.Ordinals == null ? null : slice.Ordinals + from,
            Start = slice.Ordinals == null ? slice.Start + from : 0,
        };
    }

    private static long TotalBytes(in LeafSlice slice, int from, int count)
    {
        var offsets = slice.View.Offsets;
        if (slice.Ordinals == null) return offsets[slice.Start + from + count] - (long)offsets[slice.Start + from];
        long bytes = 0;
        for (var i = from; i < from + count; i++)
        {
            var ordinal = slice.Ordinals[i];
            bytes += offsets[ordinal + 1] - offsets[ordinal];
        }
        return bytes;
    }

    /// <summary>16-byte little-endian integers to the file's shorter big-endian ones.</summary>
    private BytesSource StageDecimals(in LeafSlice slice, int from, int count)
    {
        var source = Source(slice, from);
        var bytes = stackalloc byte[16];
        var target = Context.Staging.Ensure((long)count * width + Slack, 0);
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt128BigEndian(new(bytes, 16), Unsafe.ReadUnaligned<Int128>(source.Value(i, 16, out _)));
            Unsafe.CopyBlockUnaligned(target + (long)i * width, bytes + 16 - width, (uint)width);
        }
        return new() { Bytes = target, End = (long)count * width };
    }

    private void CopyFixed(in BytesSource source, int count)
    {
        var start = PlainValues;
        var at = plainBytes;
        for (var i = 0; i < count; i++)
        {
            var value = source.Value(i, width, out var length);
            source.Copy(value, start + at, length);
            extremes.Add(start, at, length, signFlip);
            at += length;
        }
        Hashes?.AddFixed(start + plainBytes, width, count);
        plainBytes = at;
    }

    private void CopyPrefixed(in BytesSource source, int count)
    {
        var start = PlainValues;
        var at = plainBytes;
        for (var i = 0; i < count; i++)
        {
            var value = source.Value(i, 0, out var length);
            Unsafe.WriteUnaligned(start + at, length);
            at += sizeof(int);
            source.Copy(value, start + at, length);
            extremes.Add(start, at, length, 0);
            Hashes?.Add(start + at, length);
            at += length;
        }
        plainBytes = at;
    }

    private void FindExtremesOfIndices()
    {
        extremes = new() { InDictionary = true };
        var used = Context.Staging.Ensure(dictionary.Count, 0);
        new Span<byte>(used, dictionary.Count).Clear();
        var from = (uint*)indices.Pointer;
        for (var i = 0; i < PageValues; i++) used[from[i]] = 1;
        for (uint i = 0; i < dictionary.Count; i++)
        {
            if (used[i] == 0) continue;
            var value = dictionary.Value(i, out var length);
            extremes.Add(dictionary.Page, value - dictionary.Page, length, signFlip);
        }
    }

    /// <summary>Turns the page's indices back into values; no page relies on the dictionary yet.</summary>
    private void BecomePlain(int values)
    {
        plain.Ensure(Headroom + plainBytes + Slack, 0);
        plainBytes = 0;
        extremes = default;
        var start = PlainValues;
        var from = (uint*)indices.Pointer;
        for (var i = 0; i < values; i++)
        {
            var value = dictionary.Value(from[i], out var length);
            Buffer.MemoryCopy(value - dictionary.PrefixBytes, start + plainBytes, length + dictionary.PrefixBytes, length + dictionary.PrefixBytes);
            plainBytes += dictionary.PrefixBytes + length;
            extremes.Add(start, plainBytes - length, length, signFlip);
            Hashes?.Add(start + plainBytes - length, length);
        }
        dictionary.Clear(release: true);
        indices.Release();
    }
}
