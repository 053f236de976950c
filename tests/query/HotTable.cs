using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Ring;
using K2I.Storage;

namespace K2I.Query.Tests;

/// <summary>
/// One table as a process has it: rows in segments of a pool, flushed when told to, views as they are asked for. Each segment has a
/// partition of its own lane; a row's offset there counts up.
/// </summary>
internal sealed class HotTable : IReadViews, IDisposable
{
    private readonly SegmentPool pool = new(256 << 20);
    private readonly PoolAccount account;
    private readonly TableCommitter committer;
    private readonly List<HotSegment> segments = [];
    private readonly List<ReadView> views = [];
    private long next;
    private long flushed, retired, looks;

    public HotTable(Schema schema, int formatVersion = 3, string partitionBy = "")
    {
        account = pool.Open();
        var catalog = new FileCatalog(Store, Store.Root);
        committer = TestTables.Committer(catalog, Store);
        var creation = new TableCreation
        {
            Schema = schema,
            Spec = PartitionSpecText.Parse(partitionBy, schema),
            FormatVersion = formatVersion,
        };
        Cold = committer.LoadOrCreate(TestTables.Events, creation);
    }

    public static string Name { get; } = TestTables.Events.ToString();

    public MemoryStore Store { get; } = new();

    public Table Cold { get; private set; }

    public Schema Schema => Cold.Metadata.CurrentSchema;

    public IReadOnlyList<string> Tables => [Name];

    public IKeyLookup? Keys { get; set; }

    public bool HasColumns { get; set; } = true;

    /// <summary>The last view that was opened.</summary>
    public ReadView LastView => views[^1];

    public ReadView Open(string table)
    {
        if (table != Name) throw new QueryException(QueryFault.NotFound, $"there is no table {table}");
        var hot = segments.Where(s => !s.IsFlushed && s.Segment.PublishedRows > 0).ToList();
        var flushed = segments.Where(s => s.IsFlushed).ToList();
        var leases = hot.Concat(flushed).Select(Lease);
        var view = new ReadView(HasColumns ? Cold : null, Rows(hot), Rows(flushed), OffsetsOf(table), false, [.. leases]);
        views.Add(view);
        return view;
    }

    public OffsetVector OffsetsOf(string table) => new([new(("t", 0), new Offset(next))]);

    /// <summary>Views are never known to be as before.</summary>
    public long MomentOf(string table) => ++looks;

    public IKeyLookup? KeysOf(string table) => Keys;

    /// <summary>A view of one row in memory, as an index finds it.</summary>
    public ReadView ViewOf(int segment)
    {
        var one = segments[segment];
        return new ReadView(Cold, one.IsFlushed ? [] : Rows([one]), one.IsFlushed ? Rows([one]) : [], OffsetsOf(Name), false, [Lease(one)]);
    }

    /// <summary>A new segment of these rows, which is sealed.</summary>
    public Segment Add(Batch rows, Schema? schema = null)
    {
        var segment = OpenSegment(schema ?? Schema);
        AppendTo(segment, rows);
        segment.Seal();
        return segment;
    }

    /// <summary>A new segment of rows that <paramref name="fill"/> appends, one for each call.</summary>
    public Segment Add(int rows, Action<BatchBuilder, int> fill)
    {
        var segment = OpenSegment(Schema);
        Append(segment, rows, fill);
        segment.Seal();
        return segment;
    }

    public Segment OpenSegment(Schema schema)
    {
        var segment = account.TryOpen(schema, pool.MaxSegmentBytes / 8) ?? throw new InvalidOperationException("the pool is full");
        segments.Add(new(segment, next));
        return segment;
    }

    public void Append(Segment segment, int rows, Action<BatchBuilder, int> fill)
    {
        for (var i = 0; i < rows; i++)
        {
            fill(segment.Rows, (int)next++);
            Assert.True(segment.Rows.EndRow());
        }
        segment.Publish();
        segments.Single(s => s.Segment == segment).Next = next;
    }

    /// <summary>Writes what is sealed to files and commits it; the segments stay in memory.</summary>
    public void Flush()
    {
        var files = new List<DataFile>();
        using var fitter = new BatchFitter(Schema);
        foreach (var one in segments.Where(s => !s.IsFlushed && s.Segment.State == SegmentState.Sealed))
        {
            if (one.Segment.PublishedRows > 0) files.AddRange(ParquetFiles.Write(Cold, fitter.Fit(one.Segment.View()), Store));
            one.Segment.MarkFlushed(++flushed);
            one.IsFlushed = true;
        }
        Assert.Equal(CommitStatus.Committed, committer.Commit(TestTables.Events, TestTables.Append([.. files])).Status);
        Reload();
    }

    /// <summary>Gives up the memory of what is flushed.</summary>
    public void Retire(int count = int.MaxValue)
    {
        var given = segments.Where(s => s.IsFlushed).Take(count).ToList();
        foreach (var one in given) segments.Remove(one);
        retired += given.Count;
        pool.RetireFlushed(retired + 1);
    }

    /// <summary>A doubt: what is not flushed is given up, and offsets from <paramref name="offset"/> on are read anew.</summary>
    public void Rewind(long offset)
    {
        foreach (var one in segments.Where(s => !s.IsFlushed).ToList())
        {
            one.Segment.Discard();
            segments.Remove(one);
        }
        next = offset;
    }

    public void Change(UpdateSchema change)
    {
        committer.Commit(TestTables.Events, change);
        Reload();
    }

    public void Dispose()
    {
        foreach (var view in views) view.Dispose();
        account.Dispose();
        pool.Dispose();
    }

    private void Reload() => Cold = new FileCatalog(Store, Store.Root).Load(TestTables.Events);

    private void AppendTo(Segment segment, Batch rows)
    {
        for (var row = 0; row < rows.Rows; row++, next++)
        {
            for (var at = 0; at < rows.Columns.Length; at++) RowCopy.Append(segment.Rows.Column(at), rows.Columns[at], row);
            Assert.True(segment.Rows.EndRow());
        }
        segment.Publish();
        segments.Single(s => s.Segment == segment).Next = next;
    }

    private static ImmutableArray<HotRows> Rows(IEnumerable<HotSegment> segments) =>
        [.. segments.Select(s => new HotRows(0, s.Segment, s.Segment.PublishedRows, [new("t", 0, new(s.First), new(s.Next))]))];

    private static SegmentLease Lease(HotSegment one)
    {
        Assert.True(one.Segment.TryLease(out var lease));
        return lease;
    }

    private sealed class HotSegment(Segment segment, long first)
    {
        public Segment Segment => segment;

        public long First { get; } = first;

        public long Next { get; set; } = first;

        public bool IsFlushed { get; set; }
    }
}
