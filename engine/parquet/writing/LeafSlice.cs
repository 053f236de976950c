using K2I.Columns;

namespace K2I.Parquet;

/// <summary>
/// Some whole rows of one leaf column, as levels and the ordinals of the values that are there. A borrow of the batch and of the shredder's scratch.
/// </summary>
internal unsafe ref struct LeafSlice
{
    internal ColumnView View;

    /// <summary>Level entries: values, nulls, and the places of empty or null lists.</summary>
    internal int Entries;

    internal int Rows;

    /// <summary>Values that are there.</summary>
    internal int Values;

    /// <summary>A repetition level per entry; null: all zero, an entry is a row.</summary>
    internal byte* Repetition;

    /// <summary>A definition level per entry; null: every value is there.</summary>
    internal byte* Definition;

    /// <summary>The values' ordinals in <see cref="View"/>; null: the <see cref="Values"/> from <see cref="Start"/> on.</summary>
    internal int* Ordinals;

    internal int Start;
}
