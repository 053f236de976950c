using K2I.Columns;

namespace K2I.Parquet;

/// <summary>A long column of the table's whose nulls, or all of it where the file lacks it, follow from the row's place in the file.</summary>
internal sealed unsafe class FillNode(Field wanted, ReadNode stored, NullFill fill, ReadContext context) : ReadNode(wanted, context.Arena)
{
    private readonly ReadBuffer values = new(context.Arena);

    internal override ColumnView Build(int slots)
    {
        var column = stored.Build(slots);
        var into = (long*)values.Ensure((long)slots * sizeof(long));
        var from = column.Values<long>();
        for (var i = 0; i < slots; i++) into[i] = column.IsNull(i) ? unchecked(fill.First + fill.Step * (context.BatchStart + i)) : from[i];
        AssemblyKernels.SetAll(validity.Ensure((slots + 7) / 8), slots);
        return ColumnView.Over(Field, slots, false, validity.Span((slots + 7) / 8), [], values.Span((long)slots * sizeof(long)));
    }

    public override void Dispose()
    {
        stored.Dispose();
        values.Dispose();
        base.Dispose();
    }
}
