using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using K2I.Columns;

namespace K2I.Ring;

/// <summary>
/// One key column of a segment, where it lies. Its buffers do not move, and the bits of validity are set ahead of the values: it is made
/// once for a segment and reads rows that were appended since, as far as they are published. A borrow.
/// </summary>
internal readonly unsafe struct KeyPart
{
    private readonly byte* validity;
    private readonly int* offsets;
    private readonly byte* values;

    internal KeyPart(ColumnView column)
    {
        Form = FormOf(column.Field.Type);
        Width = column.Width;
        validity = Start(column.Validity);
        if (Form == KeyForm.Bytes) offsets = (int*)Start(MemoryMarshal.AsBytes(column.Offsets));
        values = Start(column.ValueBytes);
    }

    internal KeyForm Form { get; }

    internal int Width { get; }

    internal static KeyForm FormOf(DataType type) => ColumnBuilder.LayoutOf(type) switch
    {
        (ColumnLayout.Bits, _) => KeyForm.Bit,
        (ColumnLayout.Bytes, _) => KeyForm.Bytes,
        _ => type.Kind switch
        {
            TypeKind.Int or TypeKind.Date => KeyForm.Int,
            TypeKind.Float => KeyForm.Float,
            TypeKind.Double => KeyForm.Double,
            _ => KeyForm.Fixed,
        },
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsNull(int ordinal) => Form == KeyForm.Missing || (validity[ordinal >> 3] >> (ordinal & 7) & 1) == 0;

    /// <summary>The value's bytes in a key, where it is not null; some forms are made in <paramref name="room"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<byte> Value(int ordinal, [UnscopedRef] ref ulong room) => Form switch
    {
        KeyForm.Bytes => new(values + offsets[ordinal], offsets[ordinal + 1] - offsets[ordinal]),
        KeyForm.Fixed => new(values + ((long)ordinal * Width), Width),
        KeyForm.Bit => Canonical(Form, [(byte)(values[ordinal >> 3] >> (ordinal & 7) & 1)], ref room),
        _ => Canonical(Form, new(values + ((long)ordinal * Width), Width), ref room),
    };

    /// <summary>Asks for the memory that says where a value is.</summary>
    internal void PrefetchPlace(int ordinal)
    {
        if (Form == KeyForm.Bytes) Prefetch(offsets + ordinal);
        else if (Form != KeyForm.Missing) Prefetch(values + ((long)ordinal * Width));
    }

    /// <summary>Asks for the memory of a value.</summary>
    internal void PrefetchValue(int ordinal)
    {
        if (Form == KeyForm.Bytes) Prefetch(values + offsets[ordinal]);
    }

    /// <summary>A raw value, as <see cref="ColumnView.Bytes"/> has it and a boolean as a byte, as a key has it.</summary>
    internal static ReadOnlySpan<byte> Canonical(KeyForm form, scoped ReadOnlySpan<byte> raw, ref ulong room)
    {
        room = form switch
        {
            KeyForm.Bit => raw[0],
            KeyForm.Int => (ulong)(long)Unsafe.ReadUnaligned<int>(in raw[0]),
            KeyForm.Float => BitsOf(Unsafe.ReadUnaligned<float>(in raw[0])),
            _ => BitsOf(Unsafe.ReadUnaligned<double>(in raw[0])),
        };
        return MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(ref room))[..(form == KeyForm.Bit ? 1 : sizeof(ulong))];
    }

    internal static void Prefetch(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }

    private static ulong BitsOf(double value) =>
        double.IsNaN(value) ? BitConverter.DoubleToUInt64Bits(double.NaN) : value == 0 ? 0 : BitConverter.DoubleToUInt64Bits(value);

    private static byte* Start(ReadOnlySpan<byte> span) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span));
}
