using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using K2I.Base;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>
/// Reads one Parquet file as batches: <see cref="Select(ReadRequest)"/> what is wanted (everything otherwise), then <see cref="TryRead"/> until there is no more. One thread.
/// </summary>
/// <remarks>
/// The bytes are not trusted. Errors, which name the file, row group and column: <see cref="ErrorKind.Corrupt"/> for damage, <see cref="ErrorKind.Unsupported"/>
/// for what this build cannot read, <see cref="ErrorKind.Full"/> for more memory than the options allow, and whatever the source throws. Memory: per column
/// the bytes read ahead, a page, a dictionary and a batch. Source: parquet-format, README.md, Encodings.md, parquet.thrift.
/// </remarks>
public sealed class ParquetReader : IDisposable
{
    private readonly IByteSource source;
    private readonly ParquetReadOptions options;
    private readonly ParquetBuffers buffers;
    private readonly bool ownsBuffers;
    private readonly ReadContext context;
    private readonly Footer footer;
    private readonly List<ByteRange> expected = [];
    private ReadNode[]? columns;
    private LeafReader[] readers = [];
    private IReadOnlyDictionary<int, PlannedLeaf> leaves = ImmutableDictionary<int, PlannedLeaf>.Empty;
    private Func<RowGroupStatistics, bool>? keep;
    private Func<RowGroupStatistics, RowSelection?>? choose;
    private Schema? selected;
    private int rowGroup = -1;
    private long groupStart;
    private long groupEnd;
    private RowSelection? ranges;
    private int range;
    private long rangeLeft;
    private bool mustEnd;
    private int batchRows;
    private bool failed, disposed;

    /// <summary>Opens a file: reads and checks its footer.</summary>
    /// <param name="source">The file; the reader does not close it.</param>
    /// <param name="options">Sizes and limits.</param>
    /// <param name="buffers">Shared with other readers and writers; without it the reader has its own.</param>
    public ParquetReader(IByteSource source, ParquetReadOptions? options = null, ParquetBuffers? buffers = null)
    {
        this.source = source;
        this.options = options ?? ParquetReadOptions.Default;
        Check.That(this.options is { BatchRows: > 0, BatchBytes: > 0, ReadAheadBytes: > 0, MaxPageBytes: > 0 });
        try
        {
            footer = Footer.Read(source, this.options.MaxFooterBytes);
            Schema = FileSchema.Of(footer.Fields);
        }
        catch (Damage damage)
        {
            throw Corrupt(damage);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unsupported)
        {
            throw Located(error);
        }
        ownsBuffers = buffers is null;
        this.buffers = buffers ?? new(0);
        context = new(source, this.options, new(this.buffers, this.options.MaxMemoryBytes)) { PagesEnd = footer.At };
    }

    /// <summary>Everything in the file, in column types. Field ids are 0 where the file has none.</summary>
    public Schema Schema { get; }

    public bool HasFieldIds => footer.HasFieldIds;

    public long Rows => footer.Rows;

    public int RowGroups => footer.RowGroups.Length;

    /// <summary>The footer's key-value metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata => footer.Metadata;

    public string CreatedBy => footer.CreatedBy;

    /// <summary>The place in the file of the first row of the batch last read.</summary>
    public long BatchStart => context.BatchStart;

    /// <summary>Native memory this reader holds now.</summary>
    public long HeldBytes => context.Arena.Bytes;

    /// <summary>Chooses what to read; before the first batch.</summary>
    public void Select(ReadRequest request)
    {
        Check.That(columns is null && !disposed);
        Select(request, false);
    }

    /// <summary>Chooses everything, by the file's own schema.</summary>
    public void SelectAll()
    {
        Check.That(columns is null && !disposed);
        Select(new ReadRequest { Schema = Schema }, true);
    }

    /// <summary>The next rows; false after the last. The batch is valid until the next call.</summary>
    public bool TryRead([NotNullWhen(true)] out Batch? batch)
    {
        Check.That(!disposed && !failed);
        if (columns is null) SelectAll();
        try
        {
            return TryReadBatch(out batch);
        }
        catch (Damage damage)
        {
            failed = true;
            throw Corrupt(damage);
        }
        catch (EngineException error) when (error.Kind is ErrorKind.Unsupported or ErrorKind.Full)
        {
            failed = true;
            throw Located(error);
        }
        catch
        {
            failed = true;
            throw;
        }
    }

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        foreach (var column in columns ?? []) column.Dispose();
        foreach (var reader in readers) reader.Dispose();
        context.Dispose();
        if (ownsBuffers) buffers.Dispose();
    }

    private void Select(ReadRequest request, bool everything)
    {
        selected = request.Schema;
        keep = request.Keep;
        choose = request.Rows;
        try
        {
            (columns, readers, leaves) = ReadPlan.Make(footer, request, everything, context);
        }
        catch (EngineException error)
        {
            failed = true;
            throw Located(error);
        }
    }

    private bool TryReadBatch([NotNullWhen(true)] out Batch? batch)
    {
        batch = null;
        context.BatchStart += batchRows;
        foreach (var reader in readers) reader.Drop();
        batchRows = 0;
        while (rangeLeft == 0)
        {
            if (range + 1 < (ranges?.Ranges.Length ?? 0))
            {
                StartRange(range + 1);
                continue;
            }
            EndRowGroup();
            if (rowGroup + 1 >= footer.RowGroups.Length)
            {
                rowGroup = footer.RowGroups.Length;
                return false;
            }
            StartRowGroup(rowGroup + 1);
        }
        var rows = (int)Math.Min(rangeLeft, options.BatchRows);
        foreach (var reader in readers) rows = At(reader, rows);
        Damage.Unless(rows > 0, "a column ends before its row group");
        foreach (var reader in readers) reader.Take(rows);
        var views = new ColumnView[columns!.Length];
        for (var i = 0; i < views.Length; i++) views[i] = columns[i].Build(rows);
        batchRows = rows;
        rangeLeft -= rows;
        batch = new Batch(selected!, rows, [.. views]);
        return true;
    }

    private void StartRowGroup(int next)
    {
        rowGroup = next;
        var chunks = footer.Chunks(next);
        var rows = footer.RowGroups[next].Rows;
        groupStart = groupEnd;
        groupEnd += rows;
        context.BatchStart = groupStart;
        ranges = null;
        if (rows == 0) return;
        var statistics = new RowGroupStatistics(context, footer, chunks, groupStart, rows, leaves);
        if (keep?.Invoke(statistics) == false) return;
        var chosen = choose?.Invoke(statistics);
        if (chosen is not null)
        {
            Check.That(chosen.Rows == 0 || chosen.Ranges[^1].To <= rows);
            if (chosen.Rows == 0) return;
            if (chosen.Rows < rows) ranges = chosen;
        }
        if (ranges is not null)
        {
            foreach (var reader in readers)
                if (chunks[reader.Leaf.Index].OffsetIndex is { Length: > 0 } place) expected.Add(new(place.At, place.Length));
            Expect();
        }
        foreach (var reader in readers)
        {
            var chunk = chunks[reader.Leaf.Index];
            reader.StartRowGroup(chunk, rows, ranges is null ? null : PageIndex.Read(source, chunk, rows, context.PagesEnd));
        }
        foreach (var reader in readers) expected.Add(reader.Next);
        if (ranges is not null) StartRange(0);
        else
        {
            Expect();
            rangeLeft = rows;
        }
        mustEnd = ranges is null;
    }

    private void StartRange(int next)
    {
        range = next;
        var rows = ranges!.Ranges[next];
        foreach (var reader in readers)
            if (reader.FirstOf(rows.From, rows.To) is { Length: > 0 } first) expected.Add(first);
        Expect();
        foreach (var reader in readers) At(reader, 0, rows);
        context.BatchStart = groupStart + rows.From;
        rangeLeft = rows.Rows;
    }

    /// <summary>Tells the source what was gathered, as far as a damaged file leaves it sensible.</summary>
    private void Expect()
    {
        expected.RemoveAll(r => r.Length <= 0 || r.Offset < 0 || r.Offset > source.Length - r.Length);
        if (expected.Count > 0) source.Expect(CollectionsMarshal.AsSpan(expected));
        expected.Clear();
    }

    private void EndRowGroup()
    {
        foreach (var reader in readers)
        {
            if (mustEnd) reader.EndRowGroup();
            else reader.Abandon();
        }
        mustEnd = false;
        ranges = null;
    }

    /// <summary>Fills one column's queue, or goes to a range of its rows, and says which one it was if that goes wrong.</summary>
    private static int At(LeafReader reader, int rows, RowRange? goTo = null)
    {
        try
        {
            if (goTo is not { } range) return reader.Fill(rows);
            reader.GoTo(range.From, range.To);
            return 0;
        }
        catch (Damage damage)
        {
            throw new Damage($"column {reader.Leaf.Path}: {damage.Message}");
        }
        catch (EngineException error) when (error.Kind is ErrorKind.Unsupported or ErrorKind.Full)
        {
            throw new EngineException(error.Kind, $"column {reader.Leaf.Path}: {error.Message}", error);
        }
    }

    private string Place => rowGroup < 0 ? source.Name : $"{source.Name}, row group {rowGroup}";

    private EngineException Corrupt(Damage damage) => new(ErrorKind.Corrupt, $"{Place}: {damage.Message}", damage);

    private EngineException Located(EngineException error) => new(error.Kind, $"{Place}: {error.Message}", error);
}
