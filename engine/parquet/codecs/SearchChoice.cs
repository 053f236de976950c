namespace K2I.Parquet;

/// <summary>
/// Which <see cref="MatchSearch"/> a column's pages are compressed with: the quickest that makes them hardly larger than the best one does. Tried on a
/// part of the first page and again every few pages. Ids and numbers, whose repeats are close or none, come out smaller and a quarter sooner; text
/// keeps the wide search.
/// </summary>
internal struct SearchChoice
{
    /// <summary>Pages from one trial to the next; how much of the page is tried; pages too small to try; how much larger (1/n) the quicker may be.</summary>
    private const int PagesBetween = 16, SampleBytes = 32 << 10, LeastBytes = 16 << 10, MostGrowth = 200;

    private MatchSearch chosen;
    private int pagesLeft;

    /// <param name="scratch">Room for <see cref="Compressor.Bound"/> of the page.</param>
    internal unsafe MatchSearch Next(Compressor compressor, byte* page, int bytes, byte* scratch, long capacity)
    {
        if (!compressor.HasSearches || bytes < LeastBytes) return MatchSearch.Level;
        if (pagesLeft-- > 0) return chosen;
        pagesLeft = PagesBetween - 1;
        var sample = Math.Min(bytes, SampleBytes);
        var sizes = stackalloc int[(int)MatchSearch.Strided + 1];
        var least = int.MaxValue;
        for (var search = MatchSearch.Wide; search <= MatchSearch.Strided; search++)
        {
            compressor.Search = search;
            sizes[(int)search] = compressor.Compress(page, sample, scratch, capacity);
            least = Math.Min(least, sizes[(int)search]);
        }
        chosen = MatchSearch.Strided;
        while (sizes[(int)chosen] > least + least / MostGrowth) chosen--;
        return chosen;
    }
}
