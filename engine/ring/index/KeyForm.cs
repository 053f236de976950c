namespace K2I.Ring;

/// <summary>How a key column's values become bytes of a key: equal ones the same bytes, also where the column's type was widened.</summary>
internal enum KeyForm
{
    /// <summary>The segment's schema has no such column: all null.</summary>
    Missing,

    /// <summary>A byte of 0 or 1.</summary>
    Bit,

    /// <summary>Four bytes with a sign, widened to eight.</summary>
    Int,

    /// <summary>Widened to a double.</summary>
    Float,

    /// <summary>No negative zero, and one NaN.</summary>
    Double,

    /// <summary>As they lie.</summary>
    Fixed,

    /// <summary>As they lie, of any length.</summary>
    Bytes,
}
