using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>The rows of a scan, batch by batch, file by file; a file is opened when its first row is asked for. One thread; dispose when done, or before the end.</summary>
public sealed class ScanReader : IDisposable
{
    private readonly TableScan scan;
    private readonly IObjectStore store;
    private readonly ImmutableArray<ScanTask> tasks;
    private readonly ParquetBuffers buffers;
    private readonly bool ownsBuffers;
    private readonly DeleteReader deletes;
    private FileRows? file;
    private int next;

    internal ScanReader(TableScan scan, IObjectStore store, ImmutableArray<ScanTask> tasks, ParquetBuffers? buffers)
    {
        ownsBuffers = buffers is null;
        this.buffers = buffers ??= new();
        this.scan = scan;
        this.store = store;
        this.tasks = tasks;
        deletes = new DeleteReader(scan.Table.Metadata, store, buffers, scan.Request.MostKeyBytes);
    }

    /// <summary>Of the batches.</summary>
    public Schema Schema => scan.Schema;

    /// <summary>Key-value metadata of the file that the last rows came from; none before the first, or where its format has none.</summary>
    public IReadOnlyDictionary<string, string> FileMetadata => file?.Metadata ?? ImmutableDictionary<string, string>.Empty;

    /// <summary>The next rows; false after the last. They are valid until the next call.</summary>
    public bool TryRead([NotNullWhen(true)] out ScanBatch? rows)
    {
        while (true)
        {
            if (file is not null)
            {
                if (file.TryRead(out rows)) return true;
                file.Dispose();
                file = null;
            }
            if (next == tasks.Length)
            {
                rows = null;
                return false;
            }
            file = new FileRows(scan, store, tasks[next++], deletes, buffers);
        }
    }

    public void Dispose()
    {
        file?.Dispose();
        file = null;
        if (ownsBuffers) buffers.Dispose();
    }
}
