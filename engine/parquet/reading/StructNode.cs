using K2I.Columns;

namespace K2I.Parquet;

/// <summary>A struct: its validity comes from one column below it, its children have the same slots.</summary>
internal sealed class StructNode(Field wanted, FileField at, LeafReader shape, ReadNode[] children, ReadArena arena) : ReadNode(wanted, arena)
{
    internal override ColumnView Build(int slots)
    {
        var nulls = FillValidity(shape, at, slots);
        return ColumnView.Over(Field, slots, nulls, validity.Span((slots + 7) / 8), [], [], [.. children.Select(c => c.Build(slots))]);
    }

    public override void Dispose()
    {
        foreach (var child in children) child.Dispose();
        base.Dispose();
    }
}
