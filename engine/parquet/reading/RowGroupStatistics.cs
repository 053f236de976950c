using K2I.Columns;

namespace K2I.Parquet;

/// <summary>A row group's statistics of the columns that are read, by field id: for deciding whether to read it at all.</summary>
public sealed class RowGroupStatistics
{
    private readonly Footer footer;
    private readonly ChunkInfo[] chunks;
    private readonly IReadOnlyDictionary<int, PlannedLeaf> leaves;

    internal RowGroupStatistics(Footer footer, ChunkInfo[] chunks, long rows, IReadOnlyDictionary<int, PlannedLeaf> leaves)
    {
        this.footer = footer;
        this.chunks = chunks;
        this.leaves = leaves;
        Rows = rows;
    }

    public long Rows { get; }

    /// <summary>False if the file does not have the column, or says nothing about it.</summary>
    public bool TryGet(int fieldId, out ColumnStatistics statistics)
    {
        statistics = default;
        if (!leaves.TryGetValue(fieldId, out var leaf) || leaf.Leaf.MaxRepetition > 0) return false;
        var chunk = chunks[leaf.Leaf.Index];
        if (chunk.Statistics.Length == 0) return false;
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
