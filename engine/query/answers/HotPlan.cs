using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>
/// How rows in memory become rows of an answer, whatever the schema they were decoded with: which of them are wanted, and which of their
/// columns. Owner of the memory for that. One thread.
/// </summary>
internal sealed class HotPlan(TableScan scan) : IDisposable
{
    /// <summary>Rows looked at between two moments at which memory can be taken back: a few hundred microseconds at most.</summary>
    internal const int WindowRows = 16_384;

    private readonly BatchFitter fitter = new(scan.Schema);
    private readonly Ordinal[] chosen = new Ordinal[WindowRows];

    /// <summary>Of the rows that are offered.</summary>
    internal Schema Schema => scan.Schema;

    /// <summary>
    /// Offers the wanted ones among the rows from <paramref name="from"/> on. Returns the first that was not dealt with.
    /// </summary>
    /// <param name="places">Says which of them were given before; null where none was.</param>
    internal int Offer(Batch batch, int from, IRowConsumer consumer, RowPlaces? places = null)
    {
        var to = Math.Min(batch.Rows, from + WindowRows);
        for (var i = from; i < to; i++) chosen[i - from] = new(i);
        var wanted = chosen.AsSpan(0, to - from);
        if (places is not null) wanted = wanted[..places.Keep(batch, wanted)];
        if (wanted.IsEmpty) return to;
        var taken = consumer.Take(fitter.Fit(batch), wanted);
        places?.Give(batch, wanted[..taken]);
        return taken == wanted.Length ? to : wanted[taken].Value;
    }

    public void Dispose() => fitter.Dispose();
}
