using K2I.Base;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Query;

/// <summary>
/// The first rows in some order, and no others: what comes later than as many as are wanted is dropped as it comes, or when there are twice
/// as many. Then the source of those rows. Rows that are equal in the order stay as they came.
/// </summary>
/// <remarks>Owner of the rows it keeps, within a budget. One thread. Memory: twice what is wanted, at most twice the budget.</remarks>
internal sealed class TopRows : IRowConsumer, IRowSource
{
    /// <summary>Rows kept beyond what is wanted, so that few rows do not mean many clean-ups.</summary>
    private const int Spare = 4096;

    /// <summary>What a batch may have, and what one of a few columns wants.</summary>
    private const long MaxBytes = 1L << 30, LeastBytes = 64 << 10;

    private readonly Schema schema;
    private readonly BatchFitter fitter;
    private readonly RowOrder order;
    private readonly int wanted;
    private readonly long budgetBytes;
    private BatchBuilder kept, spare;
    private Ordinal[] places = [];

    // The kept rows as they were after the last clean-up, and the last of them: no row behind it is wanted. -1: there are not as many yet.
    private Batch? view;
    private int worst = -1;
    private int given;

    /// <param name="schema">Of the rows that come: it has what they are put in order by.</param>
    /// <param name="given">Of the rows that are given: less than that, or all of it.</param>
    /// <param name="order">Over columns of the first.</param>
    /// <param name="wanted">How many rows.</param>
    /// <param name="budgetBytes">For them.</param>
    internal TopRows(Schema schema, Schema given, RowOrder order, int wanted, long budgetBytes)
    {
        (this.schema, this.order, this.wanted, this.budgetBytes) = (schema, order, wanted, Math.Clamp(budgetBytes, LeastBytes, MaxBytes));
        fitter = new(given);
        kept = Make();
        spare = Make();
    }

    public bool IsFull => wanted == 0;

    public int Take(Batch batch, ReadOnlySpan<Ordinal> rows)
    {
        foreach (var row in rows)
        {
            if (worst >= 0 && order.Compare(batch, row.Value, view!, worst) >= 0) continue;
            if (kept.Rows >= Math.Min((2L * wanted) + Spare, int.MaxValue)) CleanUp();
            if (TryKeep(kept, batch, row.Value)) continue;
            CleanUp();
            if (!TryKeep(kept, batch, row.Value)) throw TooLarge();
        }
        return rows.Length;
    }

    public bool TryStep(IRowConsumer consumer)
    {
        if (given == 0) Sort();
        if (given == places.Length) return false;
        given += consumer.Take(fitter.Fit(view!), places.AsSpan(given, Math.Min(HotPlan.WindowRows, places.Length - given)));
        return true;
    }

    public void Dispose()
    {
        fitter.Dispose();
        kept.Dispose();
        spare.Dispose();
    }

    /// <summary>Drops what is not among the first, and puts the others together, in order.</summary>
    private void CleanUp()
    {
        Sort();
        spare.Reset();
        foreach (var place in places)
            if (!TryKeep(spare, view!, place.Value)) throw TooLarge();
        (kept, spare) = (spare, kept);
        view = kept.View();
        worst = kept.Rows == wanted ? wanted - 1 : -1;
    }

    /// <summary>The places of the first rows, in order.</summary>
    private void Sort()
    {
        var all = view = kept.View();
        places = new Ordinal[all.Rows];
        for (var i = 0; i < places.Length; i++) places[i] = new(i);
        Array.Sort(places, Comparer<Ordinal>.Create(
            (a, b) => order.Compare(all, a.Value, all, b.Value) is not 0 and var found ? found : a.Value.CompareTo(b.Value)));
        if (places.Length > wanted) Array.Resize(ref places, wanted);
    }

    private BatchBuilder Make() => BatchBuilder.Bounded(schema, MemoryTag.Scratch, budgetBytes);

    private static bool TryKeep(BatchBuilder to, Batch batch, int row)
    {
        for (var i = 0; i < batch.Columns.Length; i++) RowCopy.Append(to.Column(i), batch.Columns[i], row);
        return to.EndRow();
    }

    private QueryException TooLarge() => new(
        QueryFault.TooLarge,
        $"to put {wanted} rows in order takes more than {Units.FormatBytes(budgetBytes)}, which is what a query may");
}
