using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using K2I.Base;
using K2I.Memory;

namespace K2I.Columns;

/// <summary>
/// Appends values of one column in Arrow layout. Values appended for a row become part of the batch with <see cref="BatchBuilder.EndRow"/>;
/// until then <see cref="BatchBuilder.AbandonRow"/> takes them back.
/// </summary>
/// <remarks>
/// Layout: validity (1 bit a value, all ones ahead of <see cref="Count"/>), offsets (int32, n + 1), values. Buffers never move, so
/// views made of published rows stay valid while more rows are appended. One thread writes. When a value does not fit, the shared
/// overflow flag is set and appends do nothing more until the row is abandoned: callers need not check each call. No allocation.
/// </remarks>
public sealed unsafe partial class ColumnBuilder
{
    private const int PageBytes = NativeBuffer.PageBytes;

    private readonly ColumnSpace space;
    private readonly ColumnBuilder[] children;
    private readonly long validityAt, offsetsAt, valuesAt;
    private readonly int maxSlots, maxValueBytes, slotStep;
    private byte* validity;
    private int* offsets;
    private byte* values;

    // What may be appended before more is asked for: slots whose validity is set ahead, and bytes of values.
    private int limit;
    private int valueLimit;
    private int count;
    private int nulls;
    private int valueBytes;

    // Values that count and are not here: the rows before the one that a front's builder has.
    private int before;

    // Slots whose pages are taken; after a reset more than the limit.
    private int takenSlots;

    /// <param name="times">Values that it has for one row of the batch, where lists have the usual length.</param>
    internal ColumnBuilder(Field field, ColumnSpace space, int times = 1)
    {
        this.space = space;
        Field = field;
        (Layout, Width) = LayoutOf(field.Type);
        maxSlots = space.Slots(Width, times);
        maxValueBytes = Layout == ColumnLayout.Bytes ? space.ValueBytes(times) : 0;
        slotStep = StepOf(Layout, Width);
        validityAt = space.Plan(maxSlots / 8);
        if (HasOffsets) offsetsAt = space.Plan(OffsetBytes(maxSlots));
        valuesAt = space.Plan(Layout == ColumnLayout.Bytes ? maxValueBytes : FixedBytes(maxSlots));
        var timesOfChild = Layout == ColumnLayout.Struct ? times : times * BatchShape.ListElements;
        children = [.. ChildrenOf(field.Type).Select(f => new ColumnBuilder(f, space, timesOfChild))];
    }

    public Field Field { get; private set; }

    public ColumnLayout Layout { get; }

    /// <summary>Bytes of one value; 0 unless <see cref="ColumnLayout.Fixed"/>.</summary>
    public int Width { get; }

    /// <summary>Values appended, those of the row being written included.</summary>
    public int Count => before + count;

    /// <summary>A struct's fields; a variant's parts; a list's single child; a map's single child, a struct of key and value.</summary>
    public IReadOnlyList<ColumnBuilder> Children => children;

    /// <summary>A struct's field or a list's or map's child, without the interface call.</summary>
    public ColumnBuilder Child(int index) => children[index];

    /// <summary>True when the row being written did not fit; it will have to be abandoned.</summary>
    public bool Overflow => space.Overflow;

    /// <summary>Bytes taken by the values so far, children included.</summary>
    public long UsedBytes
    {
        get
        {
            long bytes = count / 8 + Layout switch
            {
                ColumnLayout.Bits => count / 8,
                ColumnLayout.Fixed => (long)count * Width,
                ColumnLayout.Bytes => (long)count * sizeof(int) + valueBytes,
                ColumnLayout.List => (long)count * sizeof(int),
                _ => 0,
            };
            foreach (var child in children) bytes += child.UsedBytes;
            return bytes;
        }
    }

    public static (ColumnLayout Layout, int Width) LayoutOf(DataType type) => type.Kind switch
    {
        TypeKind.Boolean => (ColumnLayout.Bits, 0),
        TypeKind.Int or TypeKind.Float or TypeKind.Date => (ColumnLayout.Fixed, 4),
        TypeKind.Decimal or TypeKind.Uuid => (ColumnLayout.Fixed, 16),
        TypeKind.Fixed => (ColumnLayout.Fixed, ((PrimitiveType)type).Length),
        TypeKind.String or TypeKind.Binary => (ColumnLayout.Bytes, 0),
        TypeKind.Struct or TypeKind.Variant => (ColumnLayout.Struct, 0),
        TypeKind.List or TypeKind.Map => (ColumnLayout.List, 0),
        _ => (ColumnLayout.Fixed, 8),
    };

    public void AppendNull()
    {
        if (count == limit && !(isFront ? FrontNull() : Grow())) return;
        validity[count >> 3] &= (byte)~(1 << (count & 7));
        nulls++;
        switch (Layout)
        {
            case ColumnLayout.Bytes:
                offsets[count + 1] = valueBytes;
                break;
            case ColumnLayout.List:
                offsets[count + 1] = children[0].count;
                break;
            case ColumnLayout.Struct:
                foreach (var child in children) child.AppendNull();
                break;
            default:
                break;
        }
        count++;
    }

    public void AppendBool(bool value)
    {
        Check.Debug(Layout == ColumnLayout.Bits);
        if (count == limit && !Grow()) return;
        PutBool(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendInt(int value) => Append(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendLong(long value) => Append(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendFloat(float value) => Append(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendDouble(double value) => Append(value);

    /// <summary>A decimal's unscaled value.</summary>
    public void AppendDecimal(Int128 unscaled) => Append(unscaled);

    /// <summary>A string (UTF-8, checked by the caller) or binary value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendBytes(ReadOnlySpan<byte> value)
    {
        Check.Debug(Layout == ColumnLayout.Bytes);
        if (count == limit && !Grow()) return;
        if (value.Length > valueLimit - valueBytes && !GrowValues(value.Length)) return;
        value.CopyTo(new Span<byte>(values + valueBytes, value.Length));
        valueBytes += value.Length;
        offsets[++count] = valueBytes;
    }

    /// <summary>
    /// Appends the first <paramref name="length"/> bytes of <paramref name="padded"/>. Where it has 32 bytes or more, a short value is
    /// copied in two whole vectors, without a branch on its length.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendBytes(ReadOnlySpan<byte> padded, int length)
    {
        Check.Debug(Layout == ColumnLayout.Bytes && length <= padded.Length);
        if (length > 32 || padded.Length < 32 || valueLimit - valueBytes < 32)
        {
            AppendBytes(padded[..length]);
            return;
        }
        if (count == limit && !Grow()) return;
        ref readonly var source = ref MemoryMarshal.GetReference(padded);
        Vector128.LoadUnsafe(in source).Store(values + valueBytes);
        Vector128.LoadUnsafe(in source, 16).Store(values + valueBytes + 16);
        valueBytes += length;
        offsets[++count] = valueBytes;
    }

    /// <summary>
    /// Room for a string or binary value whose length is not known yet, at most <paramref name="maxBytes"/>: write into the span, then call
    /// <see cref="EndBytes"/>. Empty when it does not fit.
    /// </summary>
    public Span<byte> BeginBytes(int maxBytes)
    {
        Check.Debug(Layout == ColumnLayout.Bytes);
        if (count == limit && !Grow()) return [];
        if (maxBytes > valueLimit - valueBytes && !GrowValues(maxBytes)) return [];
        return new(values + valueBytes, maxBytes);
    }

    /// <summary>Ends what <see cref="BeginBytes"/> began with the bytes actually written.</summary>
    public void EndBytes(int written)
    {
        if (space.Overflow) return;
        valueBytes += written;
        offsets[++count] = valueBytes;
    }

    /// <summary>A uuid, in the order that its digits are written in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendUuid(Vector128<byte> value) => Append(value);

    /// <summary>A uuid or fixed value of exactly <see cref="Width"/> bytes.</summary>
    public void AppendFixed(ReadOnlySpan<byte> value)
    {
        Check.Debug(Layout == ColumnLayout.Fixed && value.Length == Width);
        if (value.Length == 16)
        {
            Append(Vector128.Create(value));
            return;
        }
        if (count == limit && !Grow()) return;
        value.CopyTo(new Span<byte>(values + (long)count * Width, Width));
        count++;
    }

    /// <summary>Ends a struct whose children have each been given one value.</summary>
    public void EndStruct()
    {
        Check.Debug(Layout == ColumnLayout.Struct);
        if (count == limit && !(isFront ? FrontEnd() : Grow())) return;
        count++;
    }

    /// <summary>Ends a list or map: all values its child was given since the last one are its elements.</summary>
    public void EndList()
    {
        Check.Debug(Layout == ColumnLayout.List);
        if (count == limit && !Grow()) return;
        offsets[++count] = children[0].count;
    }

    /// <summary>Takes back everything after the first <paramref name="newCount"/> values.</summary>
    public void Truncate(int newCount)
    {
        for (; count > newCount; count--)
        {
            ref var bits = ref validity[(count - 1) >> 3];
            var bit = 1 << ((count - 1) & 7);
            if ((bits & bit) != 0) continue;
            bits |= (byte)bit;
            nulls--;
        }
        switch (Layout)
        {
            case ColumnLayout.Bytes:
                valueBytes = offsets[newCount];
                break;
            case ColumnLayout.List:
                children[0].Truncate(offsets[newCount]);
                break;
            case ColumnLayout.Struct:
                foreach (var child in children) child.Truncate(newCount);
                break;
            default:
                break;
        }
    }

    /// <summary>The first <paramref name="length"/> values; they stay valid while more are appended.</summary>
    internal ColumnView View(int length)
    {
        Check.That(length <= count);
        var views = new ColumnView[children.Length];
        for (var i = 0; i < views.Length; i++) views[i] = children[i].View(Layout == ColumnLayout.List ? offsets[length] : length);
        return new(Field, Layout, Width, length, nulls > 0, validity, offsets, values, views);
    }

    internal void Attach(byte* start)
    {
        validity = start + validityAt;
        offsets = (int*)(start + offsetsAt);
        values = start + valuesAt;
        foreach (var child in children) child.Attach(start);
    }

    /// <summary>Empties the builder; its pages stay taken.</summary>
    internal void Reset()
    {
        count = nulls = valueBytes = limit = 0;
        foreach (var child in children) child.Reset();
    }

    /// <summary>Takes values of another field from now on, which are laid out in the same way.</summary>
    internal void Use(Field field)
    {
        Check.That(LayoutOf(field.Type) == (Layout, Width));
        Field = field;
        foreach (var (child, of) in children.Zip(ChildrenOf(field.Type))) child.Use(of);
    }

    /// <summary>Gives pages back that are beyond the values, those of the row being written included.</summary>
    internal void Trim()
    {
        // The slot at the count may be half written.
        var kept = Math.Min(takenSlots, (count + 8) / 8 * 8);
        space.Release(validityAt, kept / 8, takenSlots / 8);
        if (HasOffsets) space.Release(offsetsAt, OffsetBytes(kept), OffsetBytes(takenSlots));
        if (Layout == ColumnLayout.Bytes) space.Release(valuesAt, valueBytes, valueLimit);
        else space.Release(valuesAt, FixedBytes(kept), FixedBytes(takenSlots));
        takenSlots = kept;
        limit = Math.Min(limit, kept);
        valueLimit = (int)Math.Min(valueLimit, space.PagesOf(valueBytes));
        foreach (var child in children) child.Trim();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Append<T>(T value) where T : unmanaged
    {
        Check.Debug(Layout == ColumnLayout.Fixed && Width == sizeof(T));
        if (count == limit && !Grow()) return;
        Put(value);
    }

    /// <summary>Makes room for more slots, setting their validity bits ahead; false when the builder is full.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Grow()
    {
        var next = Math.Min(limit + slotStep, maxSlots);
        if (space.Overflow || next == limit || (next > takenSlots && !TakeSlots(next))) return Refuse();
        new Span<byte>(validity + limit / 8, (next - limit) / 8).Fill(0xFF);
        limit = next;
        return true;
    }

    /// <summary>Makes room for so many bytes more of variable-length values; false when the builder is full.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool GrowValues(int bytes)
    {
        if (own is not null) return GrowOwn(bytes);
        if (space.Overflow || bytes > maxValueBytes - valueBytes) return Refuse();
        var next = (int)Math.Min(maxValueBytes, ((long)valueBytes + bytes + PageBytes - 1) / PageBytes * PageBytes);
        if (!TakeValues(next))
        {
            space.Trim();
            if (!TakeValues(next)) return Refuse();
        }
        valueLimit = next;
        return true;
    }

    private bool TakeSlots(int next)
    {
        if (!space.TryTake(PagesOf(next) - PagesOf(takenSlots)))
        {
            // Which may leave fewer of this builder's own.
            space.Trim();
            if (!space.TryTake(PagesOf(next) - PagesOf(takenSlots))) return false;
        }
        takenSlots = next;
        return true;
    }

    private bool TakeValues(int next) => space.TryTake(space.PagesOf(next) - space.PagesOf(valueLimit));

    private bool Refuse()
    {
        space.Overflow = true;
        return false;
    }

    /// <summary>What so many slots have on pages, bytes of variable length left out.</summary>
    private long PagesOf(int slots) =>
        slots == 0 ? 0 : space.PagesOf(slots / 8) + space.PagesOf(FixedBytes(slots)) + (HasOffsets ? space.PagesOf(OffsetBytes(slots)) : 0);

    /// <summary>About a page of its largest buffer; of offsets one fewer than a page holds, and all steps multiples of eight.</summary>
    private static int StepOf(ColumnLayout layout, int width) => layout switch
    {
        ColumnLayout.Bytes or ColumnLayout.List => (PageBytes / sizeof(int)) - 8,
        ColumnLayout.Fixed => Math.Max(8, PageBytes / width / 8 * 8),
        _ => PageBytes,
    };

    /// <summary>Of a map the struct of its entries; of a variant its parts.</summary>
    internal static ImmutableArray<Field> ChildrenOf(DataType type) => type is MapType map ? [map.EntryField] : VariantType.PartsOf(type);

    private bool HasOffsets => Layout is ColumnLayout.Bytes or ColumnLayout.List;

    private static long OffsetBytes(int slots) => slots == 0 ? 0 : (slots + 1L) * sizeof(int);

    private long FixedBytes(int slots) => Layout switch
    {
        ColumnLayout.Bits => slots / 8,
        ColumnLayout.Fixed => (long)slots * Width,
        _ => 0,
    };
}
