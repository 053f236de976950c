namespace K2I.Parquet;

/// <summary>A field as the file's schema has it, repeated groups folded into the lists and maps they belong to.</summary>
/// <remarks>
/// Levels: an entry of a leaf below is a slot of this field if its repetition level is at most <see cref="Repetition"/> and its definition level at least
/// <see cref="SlotDefinition"/>; the slot is not null if the definition level is at least <see cref="Definition"/>. An entry is an item of a list
/// or map if its levels are within <see cref="Repetition"/> + 1 and at least <see cref="ItemDefinition"/>.
/// </remarks>
internal sealed class FileField
{
    internal required string Name { get; init; }

    /// <summary>0 without one.</summary>
    internal required int Id { get; init; }

    internal required FileFieldKind Kind { get; init; }

    internal required bool Required { get; init; }

    internal required byte Repetition { get; init; }

    internal required byte SlotDefinition { get; init; }

    internal required byte Definition { get; init; }

    internal byte ItemDefinition { get; init; }

    /// <summary>A struct's fields; a list's element; a map's key and value.</summary>
    internal FileField[] Children { get; init; } = [];

    internal FileLeaf? Leaf { get; init; }

    /// <summary>A column below (or this one) by whose levels this field's shape can be told: the one with the fewest entries.</summary>
    internal FileLeaf ShapeLeaf()
    {
        if (Leaf is not null) return Leaf;
        FileLeaf? best = null;
        foreach (var child in Children)
        {
            var leaf = child.ShapeLeaf();
            if (best is null || leaf.MaxRepetition < best.MaxRepetition) best = leaf;
        }
        return best!;
    }
}
