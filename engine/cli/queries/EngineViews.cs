using System.Collections.Immutable;
using K2I.Base;
using K2I.Pipeline;
using K2I.Query;

namespace K2I.Cli.Queries;

/// <summary>The tables of a running engine, for queries: by the names of the configuration, or with the namespace before them. Any thread.</summary>
internal sealed class EngineViews : IReadViews
{
    private readonly Engine engine;
    private readonly string prefix;
    private readonly ViewKeeper keeper;

    /// <param name="engine">Not running yet.</param>
    /// <param name="tableNamespace">Of tables whose name has none.</param>
    /// <param name="limitBytes">What readers may keep in memory of rows that are given up.</param>
    public EngineViews(Engine engine, string tableNamespace, long limitBytes)
    {
        (this.engine, prefix) = (engine, tableNamespace + ".");
        keeper = new(limitBytes, () => engine.PinnedBytes);
        engine.OnPinned = keeper.Relieve;
    }

    public IReadOnlyList<string> Tables => engine.Tables;

    public ReadView Open(string table)
    {
        var cut = CutOf(table, withLeases: true);
        return new(cut.Cold, Rows(cut.Hot), Rows(cut.Flushed), new(cut.Offsets), cut.IsPartial, cut.Leases, keeper);
    }

    public OffsetVector OffsetsOf(string table) => new(CutOf(table, withLeases: false).Offsets);

    public IKeyLookup? KeysOf(string table) => null;

    private TableCut CutOf(string table, bool withLeases)
    {
        try
        {
            if (engine.Cut(table, withLeases) is { } cut) return cut;
            if (table.StartsWith(prefix, StringComparison.Ordinal) && engine.Cut(table[prefix.Length..], withLeases) is { } named) return named;
        }
        catch (EngineException error) when (error is not QueryException)
        {
            throw new QueryException(QueryFault.Unavailable, error.Message, error);
        }
        throw new QueryException(QueryFault.NotFound, $"there is no table {TextFit.Clean(table)}");
    }

    private static ImmutableArray<HotRows> Rows(ImmutableArray<CutRows> rows) =>
        [.. rows.Select(r => new HotRows(r.Lane, r.Segment, r.Rows, [.. r.Covers.Select(c => new Query.OffsetRange(c.Topic, c.Partition, c.From, c.Next))]))];
}
