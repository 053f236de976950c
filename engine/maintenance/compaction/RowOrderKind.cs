namespace K2I.Maintenance;

/// <summary>What rows of a file are ordered by.</summary>
public enum RowOrderKind
{
    /// <summary>The table's sort order, where it has one.</summary>
    Table,

    /// <summary>Nothing: they lie as they came, whatever order the table has.</summary>
    Unsorted,

    /// <summary>Columns, one after another, ascending, nulls first.</summary>
    Sorted,

    /// <summary>Columns at once: the bits of their values interleaved, so that each of them narrows what a query reads.</summary>
    ZOrder,
}
