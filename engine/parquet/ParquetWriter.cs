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
    private readonly EncodeContext context;
    private readonly SchemaNode[] columns;
    private readonly LeafWriter[] leaves;
    private readonly Shredder shredder;
    private readonly BlockChain columnIndexes, offsetIndexes;
    private readonly List<RowGroup> groups = [];
    private readonly List<KeyValuePair<string, string>> metadata = [];
    private Schema? lastSchema;
    private long groupRows;
    private bool finished, disposed;

    /// <param name="schema">Every batch must have its columns, in its order. Its names, ids and nullability are the file's.</param>
    /// <param name="options">Layout and codec.</param>
    /// <param name="sink">Takes the file; the writer does not close it.</param>
    /// <param name="buffers">Shared with other writers; without it the writer has its own.</param>
    public ParquetWriter(Schema schema, ParquetOptions options, IByteSink sink, ParquetBuffers? buffers = null)
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
        context = new(options, arena, this.buffers.RentCompressor(options.Codec, options.CompressionLevel));
        leaves = [.. nodes.Select(n => CreateLeaf(n, context))];
        shredder = new(arena, leaves);
        columnIndexes = new(arena);
        offsetIndexes = new(arena);
    }

    public Schema Schema { get; }

    /// <summary>Rows taken.</summary>
    public long Rows { get; private set; }

    /// <summary>Bytes given to the sink.</summary>
    public long WrittenBytes => sink.Position;

    /// <summary>Native memory this writer holds now.</summary>
    public long BufferedBytes => arena.Bytes;

    /// <summary>What the file would come to if it ended now: written, and encoded but not yet written; the unfinished pages at full size.</summary>
    public long EstimatedBytes => sink.Position + PendingBytes;

    private long PendingBytes
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
        for (; from < to; from += stride)
        {
            var rows = Math.Min(stride, to - from);
            for (var i = 0; i < columns.Length; i++) WriteRange(columns[i], batch.Columns[i], from, rows);
            EndStride(rows);
        }
    }

    /// <summary>Takes the rows with these ordinals, in this order.</summary>
    public void Write(Batch batch, ReadOnlySpan<int> ordinals)
    {
        CheckBatch(batch);
        foreach (var ordinal in ordinals)
            if ((uint)ordinal >= (uint)batch.Rows) throw new ArgumentOutOfRangeException(nameof(ordinals));
        var stride = StrideRows(batch);
        while (!ordinals.IsEmpty)
        {
            var rows = ordinals[..Math.Min(stride, ordinals.Length)];
            for (var i = 0; i < columns.Length; i++) WriteOrdinals(columns[i], batch.Columns[i], rows);
            EndStride(rows.Length);
            ordinals = ordinals[rows.Length..];
        }
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
        new FooterWriter(columns, leaves, options, context.Header).Write(Rows, groups, metadata, indexesAt, offsetIndexesAt);
        sink.Write(context.Header.Written);
        Span<byte> tail = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(tail, context.Header.Length);
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
        shredder.Dispose();
        columnIndexes.Dispose();
        offsetIndexes.Dispose();
        context.Dispose();
        if (context.Compressor is { } compressor) buffers.ReturnCompressor(compressor, options.Codec, options.CompressionLevel);
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

    private void WriteRange(SchemaNode column, ColumnView view, int from, int rows)
    {
        var step = column.HasRepeated ? NestedStepRows : FlatStepRows;
        for (var done = 0; done < rows; done += step)
        {
            var count = Math.Min(step, rows - done);
            shredder.Expand(column, view, new LevelFrame { Entries = count, Rows = count, Start = from + done });
        }
    }

    private unsafe void WriteOrdinals(SchemaNode column, ColumnView view, ReadOnlySpan<int> ordinals)
    {
        var step = column.HasRepeated ? NestedStepRows : FlatStepRows;
        fixed (int* start = ordinals)
            for (var done = 0; done < ordinals.Length; done += step)
            {
                var count = Math.Min(step, ordinals.Length - done);
                shredder.Expand(column, view, new LevelFrame { Entries = count, Rows = count, Ordinals = start + done });
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
        var chunks = new ColumnChunk[leaves.Length];
        for (var i = 0; i < leaves.Length; i++) chunks[i] = leaves[i].WriteChunk(sink, columnIndexes, offsetIndexes);
        for (var i = 0; i < leaves.Length; i++) leaves[i].WriteBloomFilter(sink, chunks[i]);
        groups.Add(new(chunks.Length > 0 ? chunks[0].FirstPage : sink.Position, groupRows, chunks));
        groupRows = 0;
    }
}
