using System.Buffers.Binary;
using K2I.Base;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>
/// Writes one Parquet file of batches, page by page, to a sink: <see cref="Write(Batch, int, int)"/> any number of times, then
/// <see cref="Finish"/>. One thread.
/// </summary>
/// <remarks>
/// Shape: <c>PAR1</c>, row groups (column after column: dictionary page, data pages; then Bloom filters), column indexes, offset indexes, footer, its length, <c>PAR1</c>.
/// Memory: the row group's compressed pages and each column's unfinished page (<see cref="BufferedBytes"/>); nothing managed grows with rows.
/// Errors: <see cref="ErrorKind.Unsupported"/> for what Parquet cannot hold, <see cref="ErrorKind.Invalid"/> for a null in a required column, and
/// whatever the sink throws; the file is lost then, dispose the writer. Source: parquet-format, README.md and parquet.thrift.
/// </remarks>
public sealed class ParquetWriter : IDisposable
{
    private const int FlatStepRows = 4096, NestedStepRows = 512;

    private static readonly byte[] Magic = "PAR1"u8.ToArray();

    private readonly ParquetOptions options;
    private readonly ParquetBuffers buffers;
    private readonly bool ownsBuffers;
    private readonly CountingSink sink;
    private readonly BufferArena arena;
    private readonly SchemaNode[] columns;
    private readonly LeafWriter[] leaves;
    private readonly ColumnLanes lanes;
    private readonly LeafWriter[][] leavesOf;
    private readonly Action<Lane, int> writeRange, writeOrdinals, endChunk;
    private readonly BlockChain columnIndexes, offsetIndexes;
    private readonly List<RowGroup> groups = [];
    private readonly List<KeyValuePair<string, string>> metadata = [];
    private Schema? lastSchema;

    /// <summary>What the columns are given now: rows of a batch from an ordinal on, or these ordinals.</summary>
    private Batch? batch;
    private unsafe int* ordinals;
    private int firstRow, rowCount;

    private long groupRows;
    private bool finished, disposed;

    /// <param name="schema">Every batch must have its columns, in its order. Its names, ids and nullability are the file's.</param>
    /// <param name="options">Layout and codec.</param>
    /// <param name="sink">Takes the file; the writer does not close it.</param>
    /// <param name="buffers">Shared with other writers; without it the writer has its own.</param>
    /// <param name="team">Encodes columns side by side; the file's bytes are the same without.</param>
    public ParquetWriter(Schema schema, ParquetOptions options, IByteSink sink, ParquetBuffers? buffers = null, IEncodeTeam? team = null)
    {
        CheckOptions(options, schema);
        Schema = schema;
        this.options = options;
        this.sink = new(sink);
        var nodes = new List<SchemaNode>();
        columns = SchemaNode.Build(schema, nodes);
        ColumnChoices.Check(options, nodes);
        ownsBuffers = buffers is null;
        this.buffers = buffers ?? new();
        arena = new(this.buffers);
        leaves = new LeafWriter[nodes.Count];
        leavesOf = [.. columns.Select(c => new LeafWriter[c.Leaves])];
        lanes = new(team, () => new(new(options, arena, this.buffers.RentCompressor(options.Codec, options.CompressionLevel)), new(arena, leaves)), leavesOf);
        foreach (var node in nodes) leaves[node.Leaf] = CreateLeaf(node, lanes.First.Context);
        for (int i = 0, leaf = 0; i < leavesOf.Length; leaf += leavesOf[i++].Length) leaves.AsSpan(leaf, leavesOf[i].Length).CopyTo(leavesOf[i]);
        writeRange = WriteRange;
        writeOrdinals = WriteOrdinals;
        endChunk = (_, column) => Array.ForEach(leavesOf[column], l => l.EndChunk());
        columnIndexes = new(arena);
        offsetIndexes = new(arena);
    }

    public Schema Schema { get; }

    /// <summary>Rows taken.</summary>
    public long Rows { get; private set; }

    /// <summary>Native memory this writer holds now.</summary>
    public long BufferedBytes => arena.Bytes;

    /// <summary>What the row group has so far, none of it written: encoded pages, and unfinished ones at full size.</summary>
    public long PendingBytes
    {
        get
        {
            long bytes = 0;
            foreach (var leaf in leaves) bytes += leaf.PendingBytes;
            return bytes;
        }
    }

    /// <summary>Sets an entry of the footer's key-value metadata; the last value of a key counts.</summary>
    public void SetMetadata(string key, string value)
    {
        Check.That(!finished);
        metadata.RemoveAll(e => e.Key == key);
        metadata.Add(new(key, value));
    }

    /// <summary>Takes the rows from <paramref name="from"/> up to, not including, <paramref name="to"/>. The batch is not used after the call.</summary>
    public void Write(Batch batch, int from, int to)
    {
        Check.That(from >= 0 && from <= to && to <= batch.Rows);
        CheckBatch(batch);
        var stride = StrideRows(batch);
        for (this.batch = batch; from < to; from += stride)
        {
            (firstRow, rowCount) = (from, Math.Min(stride, to - from));
            lanes.ForEach(writeRange);
            EndStride(rowCount);
        }
        this.batch = null;
    }

    /// <summary>Takes the rows with these ordinals, in this order.</summary>
    public unsafe void Write(Batch batch, ReadOnlySpan<Ordinal> ordinals)
    {
        CheckBatch(batch);
        foreach (var ordinal in ordinals)
            if ((uint)ordinal.Value >= (uint)batch.Rows) throw new ArgumentOutOfRangeException(nameof(ordinals));
        var stride = StrideRows(batch);
        this.batch = batch;
        fixed (Ordinal* start = ordinals)
            for (var done = 0; done < ordinals.Length; done += stride)
            {
                this.ordinals = (int*)start + done;
                rowCount = Math.Min(stride, ordinals.Length - done);
                lanes.ForEach(writeOrdinals);
                EndStride(rowCount);
            }
        this.ordinals = null;
        this.batch = null;
    }

    /// <summary>Ends the file: last row group, indexes, footer.</summary>
    public ParquetFileResult Finish()
    {
        Check.That(!finished && !disposed);
        finished = true;
        if (groupRows > 0) EndRowGroup();
        Begin();
        var indexesAt = sink.Position;
        columnIndexes.WriteTo(sink);
        var offsetIndexesAt = sink.Position;
        offsetIndexes.WriteTo(sink);
        new FooterWriter(columns, leaves, options, lanes.First.Context.Header).Write(Rows, groups, metadata, indexesAt, offsetIndexesAt);
        sink.Write(lanes.First.Context.Header.Written);
        Span<byte> tail = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(tail, lanes.First.Context.Header.Length);
        Magic.CopyTo(tail[4..]);
        sink.Write(tail);
        return new(sink.Position, Rows, [.. groups.Select(g => g.Start)], [.. leaves.Select(l => l.Statistics.ForFile())]);
    }

    /// <summary>Gives all memory back. A file that was not finished is incomplete.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        foreach (var leaf in leaves) leaf.Dispose();
        columnIndexes.Dispose();
        offsetIndexes.Dispose();
        lanes.Dispose();
        foreach (var compressor in lanes.Compressors) buffers.ReturnCompressor(compressor, options.Codec, options.CompressionLevel);
        Check.That(arena.Bytes == 0);
        if (ownsBuffers) buffers.Dispose();
    }

    private static LeafWriter CreateLeaf(SchemaNode node, EncodeContext context) => PhysicalTypes.Of((PrimitiveType)node.Field.Type) switch
    {
        PhysicalType.Boolean => new BooleanLeaf(node, context),
        PhysicalType.Int32 => new FixedLeaf<int>(node, context),
        PhysicalType.Int64 => new FixedLeaf<long>(node, context),
        PhysicalType.Float => new FixedLeaf<float>(node, context),
        PhysicalType.Double => new FixedLeaf<double>(node, context),
        _ => new BytesLeaf(node, context),
    };

    private static void CheckOptions(ParquetOptions options, Schema schema)
    {
        Check.That(options.RowGroupBytes > 0 && options.PageBytes > 0 && options.PageRows > 0);
        Check.That(options.DictionaryBytes is >= 0 and <= 1 << 30 && options.StatisticsBytes > 0);
        foreach (var column in options.SortingColumns)
            if (schema.FindById(column.FieldId) is not { Type: PrimitiveType })
                throw new EngineException(ErrorKind.Invalid, $"sorting column {column.FieldId} is no primitive field of the schema");
    }

    private void CheckBatch(Batch batch)
    {
        Check.That(!finished && !disposed);
        if (ReferenceEquals(batch.Schema, lastSchema)) return;
        Check.That(SameShape(batch.Schema.Struct, Schema.Struct));
        lastSchema = batch.Schema;
    }

    /// <summary>Names, ids and nullability may differ; what decides how values lie in memory may not.</summary>
    private static bool SameShape(DataType a, DataType b)
    {
        if (a is PrimitiveType) return a.Equals(b);
        var left = Schema.ChildrenOf(a);
        var right = Schema.ChildrenOf(b);
        if (a.Kind != b.Kind || left.Length != right.Length) return false;
        for (var i = 0; i < left.Length; i++)
            if (!SameShape(left[i].Type, right[i].Type)) return false;
        return true;
    }

    /// <summary>Rows between two looks at the row group's size: a small part of it, going by the batch's average row.</summary>
    private int StrideRows(Batch batch)
    {
        long bytes = 0;
        foreach (var column in batch.Columns) bytes += ColumnBytes(column);
        var perRow = Math.Max(1, bytes / Math.Max(1, batch.Rows));
        return (int)Math.Clamp(options.RowGroupBytes / 16 / perRow, 1, options.PageRows);
    }

    private static long ColumnBytes(ColumnView column)
    {
        long bytes = column.ValueBytes.Length;
        for (var i = 0; i < column.Children.Count; i++) bytes += ColumnBytes(column.Children[i]);
        return bytes;
    }

    private void WriteRange(Lane lane, int column)
    {
        var step = columns[column].HasRepeated ? NestedStepRows : FlatStepRows;
        for (var done = 0; done < rowCount; done += step)
        {
            var count = Math.Min(step, rowCount - done);
            lane.Shredder.Expand(columns[column], batch!.Columns[column], new LevelFrame { Entries = count, Rows = count, Start = firstRow + done });
        }
    }

    private unsafe void WriteOrdinals(Lane lane, int column)
    {
        var step = columns[column].HasRepeated ? NestedStepRows : FlatStepRows;
        for (var done = 0; done < rowCount; done += step)
        {
            var count = Math.Min(step, rowCount - done);
            lane.Shredder.Expand(columns[column], batch!.Columns[column], new LevelFrame { Entries = count, Rows = count, Ordinals = ordinals + done });
        }
    }

    private void EndStride(int rows)
    {
        Rows += rows;
        groupRows += rows;
        if (PendingBytes >= options.RowGroupBytes) EndRowGroup();
    }

    private void Begin()
    {
        if (sink.Position == 0) sink.Write(Magic);
    }

    private void EndRowGroup()
    {
        Begin();
        lanes.ForEach(endChunk);
        var chunks = new ColumnChunk[leaves.Length];
        for (var i = 0; i < leaves.Length; i++) chunks[i] = leaves[i].WriteChunk(sink, columnIndexes, offsetIndexes);
        for (var i = 0; i < leaves.Length; i++) leaves[i].WriteBloomFilter(sink, chunks[i]);
        groups.Add(new(chunks.Length > 0 ? chunks[0].FirstPage : sink.Position, groupRows, chunks));
        groupRows = 0;
    }
}
