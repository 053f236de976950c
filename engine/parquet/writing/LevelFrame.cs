namespace K2I.Parquet;

/// <summary>The entries of some whole rows at one node of the schema: which of its values they are, or why there is none.</summary>
internal unsafe ref struct LevelFrame
{
    internal int Entries;

    internal int Rows;

    /// <summary>Ordinal of the first entry's value where <see cref="Ordinals"/> is null: then every entry is there, one after another.</summary>
    internal int Start;

    /// <summary>Each entry's value; -1 where a parent is null or empty.</summary>
    internal int* Ordinals;

    /// <summary>Definition levels, meaningful where the ordinal is -1; null: no such entry.</summary>
    internal byte* Definition;

    /// <summary>Repetition levels; null: all zero.</summary>
    internal byte* Repetition;
}
