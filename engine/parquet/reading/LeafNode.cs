using K2I.Columns;

namespace K2I.Parquet;

/// <summary>A column of values. Without nulls the batch shows the reader's queue itself; otherwise the values are spread over the slots.</summary>
internal sealed unsafe class LeafNode(Field wanted, FileField at, LeafReader reader, ValueReader values, ReadArena arena) : ReadNode(wanted, arena)
{
    private readonly ReadBuffer spread = new(arena);

    internal override ColumnView Build(int slots)
    {
        var nulls = FillValidity(reader, at, slots);
        Damage.Unless((nulls ? AssemblyKernels.CountOnes(validity.Pointer, slots) : slots) == reader.BatchValues, OtherShape);
        var valid = validity.Span((slots + 7) / 8);
        switch (values)
        {
            case BytesReader bytes:
                var starts = bytes.Offsets;
                if (slots == 0) starts[0] = 0;
                if (nulls)
                {
                    var offsets = (int*)spread.Ensure((slots + 1L) * sizeof(int));
                    if (bytes.Count == 0) starts[0] = 0;
                    AssemblyKernels.SpreadOffsets(starts, validity.Pointer, slots, offsets);
                    starts = offsets;
                }
                return ColumnView.Over(Field, slots, nulls, valid, new(starts, slots + 1), new(bytes.Values, starts[slots]));
            case BooleanReader booleans:
                var bits = spread.Ensure((slots + 7) / 8);
                if (nulls) AssemblyKernels.SpreadBits(booleans.Values, validity.Pointer, slots, bits);
                else AssemblyKernels.PackBits(booleans.Values, slots, bits);
                return ColumnView.Over(Field, slots, nulls, valid, [], new(bits, (slots + 7) / 8));
            case FixedReader numbers:
                return Fixed(numbers.Values, numbers.Width, slots, nulls, valid);
            default:
                return Fixed(((DecimalBytesReader)values).Values, sizeof(Int128), slots, nulls, valid);
        }
    }

    public override void Dispose()
    {
        spread.Dispose();
        base.Dispose();
    }

    private ColumnView Fixed(byte* dense, int width, int slots, bool nulls, ReadOnlySpan<byte> valid)
    {
        if (nulls)
        {
            var target = spread.Ensure((long)slots * width);
            AssemblyKernels.Spread(dense, width, validity.Pointer, slots, target);
            dense = target;
        }
        return ColumnView.Over(Field, slots, nulls, valid, [], ReadBuffer.Span(dense, (long)slots * width));
    }
}
