using K2I.Columns;

namespace K2I.Parquet;

/// <summary>A column of the file: how its values are stored, what they mean, and the highest levels they can have.</summary>
internal sealed record FileLeaf
{
    /// <summary>Among the file's columns.</summary>
    internal required int Index { get; init; }

    /// <summary>Names from the root, joined by dots; for errors.</summary>
    internal required string Path { get; init; }

    internal required StoredType Stored { get; init; }

    /// <summary>Bytes of one stored value; 0 where they vary, and for booleans.</summary>
    internal required int Width { get; init; }

    /// <summary>The column type that says the same.</summary>
    internal required PrimitiveType Type { get; init; }

    /// <summary>The unit of stored times and timestamps.</summary>
    internal TimeUnit Unit { get; init; }

    /// <summary>An unsigned integer, or a decimal made of one.</summary>
    internal bool Unsigned { get; init; }

    /// <summary>A 16-bit float.</summary>
    internal bool Half { get; init; }

    internal byte MaxDefinition { get; init; }

    internal byte MaxRepetition { get; init; }
}
