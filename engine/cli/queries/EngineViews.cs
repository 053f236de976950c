using System.Collections.Immutable;
using K2I.Base;
using K2I.Cli.Running;
using K2I.Columns;
using K2I.Pipeline;
using K2I.Query;

namespace K2I.Cli.Queries;

/// <summary>
/// The tables of a running engine, for queries: by the names of the configuration, or with the namespace before them. Any thread.
/// </summary>
internal sealed class EngineViews : IReadViews
{
    private readonly Engine engine;
    private readonly string prefix;
    private readonly ViewKeeper keeper;
    private readonly QueryPace pace;

    /// <param name="engine">Not running yet.</param>
    /// <param name="tableNamespace">Of tables whose name has none.</param>
    /// <param name="limitBytes">What readers may keep in memory of rows that are given up.</param>
    public EngineViews(Engine engine, string tableNamespace, long limitBytes)
    {
        (this.engine, prefix) = (engine, tableNamespace + ".");
        keeper = new(limitBytes, () => engine.PinnedBytes);
        engine.OnPinned = keeper.Relieve;
        var lanes = new CoreWait("lane ", SystemClock.Instance);
        pace = new(() => engine.IsBehind || lanes.IsLong());
    }

    public IReadOnlyList<string> Tables => engine.Tables;

    public ReadView Open(string table)
    {
        var cut = CutOf(table, withLeases: true);
        return new(cut.Cold, Rows(cut.Hot), Rows(cut.Flushed), new(cut.Offsets), cut.IsPartial, cut.Leases, keeper);
    }

    public OffsetVector OffsetsOf(string table) => new(CutOf(table, withLeases: false).Offsets);

    public long MomentOf(string table) => engine.MomentOf(NameOf(table)) ?? throw NoTable(table);

    public void Refresh(string table) => engine.Refresh(NameOf(table));

    public int RestMs() => pace.RestMs();

    public IKeyLookup? KeysOf(string table)
    {
        var name = NameOf(table);
        return engine.KeyOf(name) is { IsEmpty: false } columns ? new Lookup(this, name, columns) : null;
    }

    private TableCut CutOf(string table, bool withLeases)
    {
        try
        {
            if (engine.Cut(NameOf(table), withLeases) is { } cut) return cut;
        }
        catch (EngineException error) when (error is not QueryException)
        {
            throw new QueryException(QueryFault.Unavailable, error.Message, error);
        }
        throw NoTable(table);
    }

    private static QueryException NoTable(string table) => new(QueryFault.NotFound, $"there is no table {TextFit.Clean(table)}");

    /// <summary>As the configuration has it.</summary>
    private string NameOf(string table) =>
        table.StartsWith(prefix, StringComparison.Ordinal) && !engine.Has(table) ? table[prefix.Length..] : table;

    private static ImmutableArray<HotRows> Rows(ImmutableArray<CutRows> rows) =>
        [.. rows.Select(r => new HotRows(r.Lane, r.Segment, r.Rows, [.. r.Covers.Select(RangeOf)]))];

    private static Query.OffsetRange RangeOf(CutRange range) => new(range.Topic, range.Partition, range.From, range.Next);

    /// <summary>Rows of one table by its key.</summary>
    private sealed class Lookup(EngineViews views, string table, ImmutableArray<string> columns) : IKeyLookup
    {
        public IReadOnlyList<string> Columns => columns;

        public (ReadView View, Ordinal Row)? Find(IReadOnlyList<string> key)
        {
            try
            {
                if (views.engine.Find(table, key) is not { } found) return null;
                var segment = found.Lease.Segment;
                var rows = new HotRows(found.Lane, segment, found.Row.Value + 1, []);
                var (cut, leases) = (found.Table, ImmutableArray.Create(found.Lease));
                return (new(cut.Cold, [rows], [], new(cut.Offsets), cut.IsPartial, leases, views.keeper), found.Row);
            }
            catch (EngineException error) when (error is not QueryException)
            {
                var fault = error.Kind == ErrorKind.Invalid ? QueryFault.BadQuestion : QueryFault.Unavailable;
                throw new QueryException(fault, error.Message, error);
            }
        }
    }
}
