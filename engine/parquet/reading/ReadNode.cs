using K2I.Columns;

namespace K2I.Parquet;

/// <summary>A wanted field and how its slots come out of the file's columns. Owns the memory of its part of the batch.</summary>
internal abstract unsafe class ReadNode(Field wanted, ReadArena arena) : IDisposable
{
    private protected const string OtherShape = "its columns do not have the same shape";

    private protected readonly ReadBuffer validity = new(arena);

    internal Field Field => wanted;

    /// <summary>The field's column, which must have this many slots.</summary>
    internal abstract ColumnView Build(int slots);

    public virtual void Dispose() => validity.Dispose();

    /// <summary>Fills the validity from a column's levels. False if no slot is null; the bits are all set then.</summary>
    private protected bool FillValidity(LeafReader leaf, FileField at, int slots)
    {
        var bits = validity.Ensure(((long)leaf.BatchEntries + 7) / 8 + 8);
        if (leaf.Leaf.MaxDefinition == 0)
        {
            Damage.Unless(leaf.BatchEntries == slots, OtherShape);
            AssemblyKernels.SetAll(bits, slots);
            return false;
        }
        var repeated = leaf.Leaf.MaxRepetition > 0;
        var found = AssemblyKernels.Validity(leaf.Definitions, repeated ? leaf.Repetitions : null, leaf.BatchEntries, at.Repetition, at.SlotDefinition, at.Definition, bits);
        Damage.Unless(found == slots, OtherShape);
        return AssemblyKernels.CountOnes(bits, slots) < slots;
    }
}
