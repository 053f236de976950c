using K2I.Columns;

namespace K2I.Parquet;

/// <summary>
/// What a row group says of the columns that are read, by field id: for deciding whether to read it at all, and which of its rows. Page indexes and
/// Bloom filters are fetched from the file when asked for; a Bloom filter is kept for further questions.
/// </summary>
public sealed class RowGroupStatistics
{
    private readonly ReadContext context;
    private readonly Footer footer;
    private readonly ChunkInfo[] chunks;
    private readonly IReadOnlyDictionary<int, PlannedLeaf> leaves;
    private readonly Dictionary<int, BloomFilter?> filters = [];

    internal RowGroupStatistics(ReadContext context, Footer footer, ChunkInfo[] chunks, long firstRow, long rows, IReadOnlyDictionary<int, PlannedLeaf> leaves)
    {
        this.context = context;
        this.footer = footer;
        this.chunks = chunks;
        this.leaves = leaves;
        FirstRow = firstRow;
        Rows = rows;
    }

    internal delegate ReadOnlyMemory<byte>? Convert(ReadOnlySpan<byte> stored);

    /// <summary>The place in the file of the group's first row.</summary>
    public long FirstRow { get; }

    public long Rows { get; }

    /// <summary>False if the file does not have the column, or says nothing about it.</summary>
    public bool TryGet(int fieldId, out ColumnStatistics statistics)
    {
        statistics = default;
        if (!TryFind(fieldId, out var leaf, out var chunk) || chunk.Statistics.Length == 0) return false;
        var thrift = new ThriftReader(footer.Part(chunk.Statistics.At, chunk.Statistics.Length));
        ReadOnlyMemory<byte>? min = null, max = null;
        long? nulls = null;
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            if (id == 3) nulls = thrift.Int(type);
            else if (id == 5) max = Value(leaf, thrift.Bytes(type));
            else if (id == 6) min = Value(leaf, thrift.Bytes(type));
            else thrift.Skip(type);
        }
        if (thrift.Failed) return false;
        statistics = new(min, max, nulls);
        return true;
    }

    /// <summary>The rows of the pages of one column that <paramref name="keep"/> wants, judged by the file's page indexes; all rows where it has none.</summary>
    public RowSelection RowsWhere(int fieldId, Func<PageStatistics, bool> keep)
    {
        if (!TryFind(fieldId, out var leaf, out var chunk)
            || PageIndex.Read(context.Source, chunk, Rows, context.PagesEnd) is not { } index
            || index.Statistics(context.Source, chunk, stored => Value(leaf, stored)) is not { } pages) return RowSelection.All(Rows);
        return RowSelection.Of(pages.Where(keep).Select(p => new RowRange(p.FirstRow, p.FirstRow + p.Rows)));
    }

    /// <summary>False if the column's Bloom filter rules out that a row has this value, given as columns hold it. True without a filter.</summary>
    public bool MayContain(int fieldId, ReadOnlySpan<byte> value)
    {
        if (!TryFind(fieldId, out var leaf, out var chunk)) return true;
        if (!filters.TryGetValue(fieldId, out var filter)) filters.Add(fieldId, filter = BloomProbe.Read(context.Source, chunk, context.PagesEnd));
        return filter is not { } known || BloomProbe.MayContain(known, leaf, value);
    }

    private bool TryFind(int fieldId, out PlannedLeaf leaf, out ChunkInfo chunk)
    {
        var found = leaves.TryGetValue(fieldId, out leaf) && leaf.Leaf.MaxRepetition == 0;
        chunk = found ? chunks[leaf.Leaf.Index] : chunks.Length > 0 ? chunks[0] : new();
        return found;
    }

    private static unsafe ReadOnlyMemory<byte>? Value(PlannedLeaf leaf, ReadOnlySpan<byte> stored)
    {
        var (layout, width) = ColumnBuilder.LayoutOf(leaf.Type);
        if (leaf.Leaf.Stored == StoredType.Int96) return null;
        if (layout == ColumnLayout.Bytes) return stored.ToArray();
        if (layout == ColumnLayout.Bits) return stored.Length == 1 ? stored.ToArray() : null;
        if (leaf.Leaf.Stored != StoredType.ByteArray && stored.Length != leaf.Leaf.Width || stored.IsEmpty) return null;
        var value = new byte[width];
        fixed (byte* source = stored)
        fixed (byte* target = value) ConversionKernels.Convert(leaf.Conversion, source, stored.Length, target, 1);
        return value;
    }
}
