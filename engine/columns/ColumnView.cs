using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Columns;

/// <summary>
/// A column's first <see cref="Length"/> values in Arrow layout, read-only. A borrow: the memory belongs to the builder (or reader)
/// that made the view and lives as long as its lease says.
/// </summary>
/// <remarks>
/// Slots of null values hold unspecified bytes (fixed) or an empty range (bytes, lists). Any number of threads may read.
/// </remarks>
public sealed unsafe class ColumnView
{
    private readonly byte* validity;
    private readonly int* offsets;
    private readonly byte* values;

    internal ColumnView(Field field, ColumnLayout layout, int width, int length, bool mayHaveNulls, byte* validity, int* offsets, byte* values, ColumnView[] children)
    {
        Field = field;
        Layout = layout;
        Width = width;
        Length = length;
        MayHaveNulls = mayHaveNulls;
        this.validity = validity;
        this.offsets = offsets;
        this.values = values;
        Children = children;
    }

    /// <summary>
    /// A view of columns that something else than a builder laid out, in the same layout. The spans must be of memory that does not move and outlives
    /// the view. <paramref name="offsets"/> is for bytes and lists, <paramref name="values"/> for bits, fixed and bytes; the last offset must be within the values or the child.
    /// </summary>
    public static ColumnView Over(Field field, int length, bool mayHaveNulls, ReadOnlySpan<byte> validity, ReadOnlySpan<int> offsets, ReadOnlySpan<byte> values, params ColumnView[] children)
    {
        var (layout, width) = ColumnBuilder.LayoutOf(field.Type);
        Check.That(length >= 0 && validity.Length >= (length + 7) / 8);
        if (layout is ColumnLayout.Bytes or ColumnLayout.List) Check.That(offsets.Length > length && offsets[0] == 0);
        switch (layout)
        {
            case ColumnLayout.Bits:
                Check.That(values.Length >= (length + 7) / 8);
                break;
            case ColumnLayout.Fixed:
                Check.That(values.Length >= (long)length * width);
                break;
            case ColumnLayout.Bytes:
                Check.That(values.Length >= offsets[length]);
                break;
            case ColumnLayout.List:
                Check.That(children.Length == 1 && children[0].Length >= offsets[length]);
                break;
            default:
                foreach (var child in children) Check.That(child.Length >= length);
                break;
        }
        return new(field, layout, width, length, mayHaveNulls, Start(validity), (int*)Start(MemoryMarshal.AsBytes(offsets)), Start(values), children);
    }

    /// <summary>The same values as another field's, with these children.</summary>
    internal ColumnView As(Field field, params ColumnView[] children) => new(field, Layout, Width, Length, MayHaveNulls, validity, offsets, values, children);

    public Field Field { get; }

    public ColumnLayout Layout { get; }

    /// <summary>Bytes of one value; 0 unless <see cref="ColumnLayout.Fixed"/>.</summary>
    public int Width { get; }

    public int Length { get; }

    /// <summary>False only when no value is null; <see cref="Validity"/> need not be looked at then.</summary>
    public bool MayHaveNulls { get; }

    /// <summary>A struct's fields; a list's single child; a map's single child, a struct of key and value.</summary>
    public IReadOnlyList<ColumnView> Children { get; }

    /// <summary>One bit a value, least significant first, set where the value is not null.</summary>
    public ReadOnlySpan<byte> Validity => new(validity, (Length + 7) / 8);

    /// <summary>n + 1 ascending positions: into <see cref="ValueBytes"/> (bytes) or the child's values (lists). The first is 0.</summary>
    public ReadOnlySpan<int> Offsets
    {
        get
        {
            Check.That(Layout is ColumnLayout.Bytes or ColumnLayout.List);
            return new(offsets, Length + 1);
        }
    }

    /// <summary>The values' bytes: packed bits, fixed-width values, or the bytes that <see cref="Offsets"/> point into.</summary>
    public ReadOnlySpan<byte> ValueBytes => Layout switch
    {
        ColumnLayout.Bits => new(values, (Length + 7) / 8),
        ColumnLayout.Fixed => new(values, checked(Length * Width)),
        ColumnLayout.Bytes => new(values, offsets[Length]),
        _ => [],
    };

    /// <summary>Fixed-width values as <typeparamref name="T"/>, whose size must be <see cref="Width"/>.</summary>
    public ReadOnlySpan<T> Values<T>() where T : unmanaged
    {
        Check.That(Layout == ColumnLayout.Fixed && sizeof(T) == Width);
        return new(values, Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNull(int ordinal) => MayHaveNulls && (validity[ordinal >> 3] >> (ordinal & 7) & 1) == 0;

    /// <summary>The boolean at <paramref name="ordinal"/>; unspecified where null.</summary>
    public bool Bit(int ordinal) => (values[ordinal >> 3] >> (ordinal & 7) & 1) != 0;

    /// <summary>The bytes at <paramref name="ordinal"/> (bytes and fixed layouts); empty where a variable-length value is null.</summary>
    public ReadOnlySpan<byte> Bytes(int ordinal)
    {
        Check.Debug(ordinal >= 0 && ordinal < Length);
        return Layout == ColumnLayout.Bytes
            ? new(values + offsets[ordinal], offsets[ordinal + 1] - offsets[ordinal])
            : new(values + (long)ordinal * Width, Width);
    }

    /// <summary>The fixed-width value at <paramref name="ordinal"/>; unspecified where null.</summary>
    public T Value<T>(int ordinal) where T : unmanaged
    {
        Check.Debug(ordinal >= 0 && ordinal < Length && sizeof(T) == Width);
        return Unsafe.ReadUnaligned<T>(values + (long)ordinal * Width);
    }

    private static byte* Start(ReadOnlySpan<byte> span) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span));
}
