namespace K2I.Parquet;

/// <summary>One data page of the chunk being written: its place, and the bounds that the column index will tell.</summary>
internal struct PageEntry
{
    /// <summary>Offset from the chunk's first data page.</summary>
    internal long Offset;

    internal long FirstRow;
    internal int Bytes;
    internal int Nulls;

    /// <summary>Bytes of this page's strings and binary values, length prefixes left out.</summary>
    internal long UnencodedBytes;

    /// <summary>Range in the index's bytes of min, then max; a length of -1: none.</summary>
    internal int BoundsAt, MinBytes, MaxBytes;
}
