using K2I.Columns;

namespace K2I.Parquet;

/// <summary>A list or map: validity and offsets come from one column below it; the element (or key and value) has a slot for each item.</summary>
internal sealed unsafe class ListNode(Field wanted, FileField at, LeafReader shape, ReadNode[] children, ReadArena arena) : ReadNode(wanted, arena)
{
    private readonly ReadBuffer offsets = new(arena), entriesValidity = new(arena);

    private readonly Field? entries = wanted.Type is MapType map ? map.EntryField : null;

    internal override ColumnView Build(int slots)
    {
        var count = shape.BatchEntries;
        var bits = validity.Ensure(((long)count + 7) / 8 + 8);
        var starts = (int*)offsets.Ensure((count + 1L) * sizeof(int));
        var found = AssemblyKernels.Lists(shape.Definitions, shape.Repetitions, count, at.Repetition, at.SlotDefinition, at.Definition, at.ItemDefinition, bits, starts);
        Damage.Unless(found == slots, OtherShape);
        var items = starts[slots];
        var nulls = AssemblyKernels.CountOnes(bits, slots) < slots;
        return ColumnView.Over(Field, slots, nulls, validity.Span((slots + 7) / 8), new(starts, slots + 1), [], Item(items));
    }

    public override void Dispose()
    {
        foreach (var child in children) child.Dispose();
        offsets.Dispose();
        entriesValidity.Dispose();
        base.Dispose();
    }

    private ColumnView Item(int items)
    {
        if (entries is null) return children[0].Build(items);
        AssemblyKernels.SetAll(entriesValidity.Ensure((items + 7) / 8), items);
        return ColumnView.Over(entries, items, false, entriesValidity.Span((items + 7) / 8), [], [], children[0].Build(items), children[1].Build(items));
    }
}
