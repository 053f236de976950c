using K2I.Columns;

namespace K2I.Query;

/// <summary>Takes rows of a query: an output, or what puts them in order.</summary>
internal interface IRowConsumer
{
    /// <summary>It has what it wants: no more rows need to be found.</summary>
    bool IsFull { get; }

    /// <summary>
    /// Takes the first of the rows at these ordinals, or all. Returns how many; the others are offered again. They are not looked at after
    /// it returns.
    /// </summary>
    int Take(Batch batch, ReadOnlySpan<Ordinal> rows);
}
