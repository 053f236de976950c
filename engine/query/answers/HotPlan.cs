using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>
/// How rows in memory become rows of an answer, whatever the schema they were decoded with: which of them are wanted, and which of their
/// columns. Owner of the memory for that. One thread.
/// </summary>
internal sealed class HotPlan : IDisposable
{
    /// <summary>Rows looked at between two moments at which memory can be taken back: some hundred microseconds.</summary>
    internal const int WindowRows = 16_384;

    private readonly BatchFitter fitter;
    private readonly BatchFitter? tested;
    private readonly RowTest? test;
    private readonly ulong[] bits = new ulong[WindowRows / RowBits.PerWord];
    private readonly Ordinal[] chosen = new Ordinal[WindowRows];

    /// <param name="scan">Has the columns that are wanted, and the filter: what it says of rows in files, this says of rows in
    /// memory.</param>
    internal HotPlan(TableScan scan)
    {
        Schema = scan.Schema;
        fitter = new(Schema);
        if (scan.Condition is not { } condition) return;
        var fields = SchemaSelection.Keep(scan.Full.Struct, [.. condition.Predicates.Select(p => p.Field.Id)]);
        tested = new(scan.Full with { Struct = fields });
        test = RowTest.Of(condition, new(scan.Full.SchemaId, fields));
    }

    /// <summary>Of the rows that are offered.</summary>
    internal Schema Schema { get; }

    /// <summary>
    /// Offers the wanted ones among the rows from <paramref name="from"/> on. Returns the first that was not dealt with.
    /// </summary>
    /// <param name="places">Says which of them were given before; null where none was.</param>
    internal int Offer(Batch batch, int from, IRowConsumer consumer, RowPlaces? places = null)
    {
        var first = from / RowBits.PerWord * RowBits.PerWord;
        var to = Math.Min(batch.Rows, first + WindowRows);
        var window = bits.AsSpan(0, RowBits.Words(to - first));
        RowBits.Set(window, from - first, to - first);
        if (test is not null && from < to) test.Keep(tested!.Fit(batch, from, to), first, window);
        var wanted = chosen.AsSpan(0, RowBits.ToOrdinals(window, first, chosen));
        if (places is not null) wanted = wanted[..places.Keep(batch, wanted)];
        if (wanted.IsEmpty) return to;
        var taken = consumer.Take(fitter.Fit(batch, from, to), wanted);
        places?.Give(batch, wanted[..taken]);
        return taken == wanted.Length ? to : wanted[taken].Value;
    }

    public void Dispose()
    {
        fitter.Dispose();
        tested?.Dispose();
    }
}
