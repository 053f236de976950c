using System.Globalization;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Parquet;

namespace K2I.Maintenance;

/// <summary>
/// Puts any number of rows in order within fixed memory: what does not fit is sorted in parts, which wait in files and are merged.
/// Stable. One thread.
/// </summary>
/// <remarks>
/// <code>
///   Add … Add ─► Prepare … Prepare ─► TryRead … TryRead
///   fills a buffer;   merges the files until     all rows,
///   full: a file      they can be read together   in order
/// </code>
/// The files lie in a folder of the table's own: whoever is killed leaves orphans, which are found as such. Memory: the buffer, then
/// a batch of the result and what each file of a merge is read ahead by.
/// </remarks>
internal sealed class RowSorter : IDisposable
{
    /// <summary>The most that are read at a time: each has a buffer for each column.</summary>
    private const int MostFiles = 16;

    private const int LeastColumnBytes = 16 << 10, MostColumnBytes = 256 << 10, ChunkRows = 8192, BuffersOfColumn = 2;

    /// <summary>
    /// What reading takes of a row that is wide: its page as it is stored and as it was before, its value, the next one's; each in a
    /// power of two.
    /// </summary>
    private const int CopiesOfRow = 8;


    private readonly JobContext context;
    private readonly Schema schema;
    private readonly OrderKey order;
    private readonly string folder;
    private readonly long bytes;
    private readonly int buffers;
    private readonly ParquetOptions options;
    private SortBuffer? buffer;
    private Ordinal[]? sorted;
    private int taken, count;
    private long widest;
    private List<SortedFile> sortedFiles = [], merged = [];
    private SortedFileMerger? merger;
    private SortedFileWriter? target;

    /// <param name="schema">Of the rows.</param>
    /// <param name="order">What they are sorted by.</param>
    /// <param name="context">Of the job.</param>
    /// <param name="folder">Where they wait.</param>
    /// <param name="bytes">Of memory.</param>
    internal RowSorter(Schema schema, OrderKey order, JobContext context, string folder, long bytes)
    {
        (this.schema, this.order, this.context, this.folder) = (schema, order, context, folder);
        buffers = BatchShape.Of(schema).Buffers;
        this.bytes = bytes = Math.Max(bytes, (long)buffers * LeastColumnBytes);
        buffer = new SortBuffer(schema, bytes);
        options = ParquetOptions.Default with
        {
            Codec = ParquetCodec.Lz4Raw,
            DictionaryBytes = 0,
            PageBytes = LeastColumnBytes * 4,
            RowGroupBytes = Math.Max(1 << 20, bytes / MostFiles),
            PageIndex = false,
        };
    }

    /// <summary>Files that can be read at a time.</summary>
    private int FanIn =>
        (int)Math.Clamp(bytes / Math.Max((long)buffers * BuffersOfColumn * LeastColumnBytes, CopiesOfRow * widest), 2, MostFiles);

    /// <summary>Takes rows; the batch is not used after the call.</summary>
    internal void Add(ScanBatch batch)
    {
        for (var at = 0; at < batch.Rows; at++)
        {
            var row = batch.Ordinal(at);
            var key = order.Of(batch.Batch, row);
            widest = Math.Max(widest, WidthOf(batch.Batch, row));
            if (buffer!.TryAdd(batch.Batch, row, key)) continue;
            Spill();
            if (!buffer.TryAdd(batch.Batch, row, key)) throw TooLarge();
        }
    }

    /// <summary>After the last row: goes on with what has to be done before they can be read. False: nothing.</summary>
    internal bool Prepare()
    {
        if (sorted is not null || merger is not null && target is null) return false;
        if (sortedFiles.Count == 0 && buffer is not null)
        {
            sorted = buffer.Sort();
            return false;
        }
        if (buffer is not null)
        {
            if (buffer.Rows > 0) Spill();
            buffer.Dispose();
            buffer = null;
            return true;
        }
        if (merger is not null) return Merge();
        if (sortedFiles.Count == 0) (sortedFiles, merged) = (merged, sortedFiles);
        var together = sortedFiles.GetRange(0, Math.Min(FanIn, sortedFiles.Count));
        sortedFiles.RemoveRange(0, together.Count);
        if (together.Count == 1 && merged.Count > 0)
        {
            merged.AddRange(together);
            return true;
        }
        var isLast = sortedFiles.Count == 0 && merged.Count == 0;
        var columnBytes = (int)Math.Clamp(bytes / together.Count / (buffers * BuffersOfColumn), LeastColumnBytes, MostColumnBytes);
        merger = new SortedFileMerger(together, schema, Math.Max(bytes / 2, (long)buffers * LeastColumnBytes), columnBytes);
        if (isLast) return false;
        target = new SortedFileWriter(context, NewLocation(), schema, options);
        return true;
    }

    /// <summary>
    /// The next rows in order, these ordinals of a batch, or all of it if null; false after the last. Valid until the next call.
    /// </summary>
    internal bool TryRead(out Batch batch, out ReadOnlyMemory<Ordinal>? ordinals)
    {
        ordinals = null;
        if (sorted is null) return merger!.TryRead(out batch!);
        batch = buffer!.View();
        var chunk = sorted.AsMemory(taken, Math.Min(ChunkRows, sorted.Length - taken));
        taken += chunk.Length;
        ordinals = chunk;
        return chunk.Length > 0;
    }

    public void Dispose()
    {
        buffer?.Dispose();
        target?.Dispose();
        merger?.Dispose();
        foreach (var file in (IEnumerable<SortedFile>)[.. sortedFiles, .. merged]) file.Dispose();
        (buffer, target, merger) = (null, null, null);
        sortedFiles.Clear();
        merged.Clear();
    }

    internal static EngineException TooLarge() => new(ErrorKind.Full, "a row does not fit into the memory that there is for sorting");

    /// <summary>Bytes of its texts: where they are few, rows are no matter.</summary>
    private static long WidthOf(Batch batch, Ordinal row)
    {
        long bytes = 0;
        foreach (var column in batch.Columns)
            if (column.Layout == ColumnLayout.Bytes) bytes += column.Bytes(row.Value).Length;
        return bytes;
    }

    private void Spill()
    {
        if (buffer!.Rows == 0) return;
        using var writer = new SortedFileWriter(context, NewLocation(), schema, options);
        writer.Write(buffer.View(), buffer.Sort());
        writer.Finish();
        sortedFiles.Add(new SortedFile(context, writer.Location, schema, order));
        buffer.Clear();
    }

    private bool Merge()
    {
        if (merger!.TryRead(out var batch))
        {
            target!.Write(batch, null);
            return true;
        }
        target!.Finish();
        merged.Add(new SortedFile(context, target.Location, schema, order));
        target.Dispose();
        merger.Dispose();
        (target, merger) = (null, null);
        return true;
    }

    private string NewLocation() => string.Create(CultureInfo.InvariantCulture, $"{folder}/{++count:D5}.parquet");
}
