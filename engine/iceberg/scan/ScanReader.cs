using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>The rows of a scan, batch by batch, file by file; a file is opened when its first row is asked for. One thread; dispose when done, or before the end.</summary>
public sealed class ScanReader : IDisposable
{
    private readonly TableScan _scan;
    private readonly IObjectStore _store;
    private readonly ImmutableArray<ScanTask> _tasks;
    private readonly ParquetBuffers _buffers = new();
    private readonly DeleteFiles _deletes;
    private FileRows? _file;
    private int _next;

    internal ScanReader(TableScan scan, IObjectStore store, ImmutableArray<ScanTask> tasks)
    {
        _scan = scan;
        _store = store;
        _tasks = tasks;
        _deletes = new DeleteFiles(scan.Table.Metadata, store, _buffers);
    }

    /// <summary>Of the batches.</summary>
    public Schema Schema => _scan.Schema;

    /// <summary>The next rows; false after the last. They are valid until the next call.</summary>
    public bool TryRead([NotNullWhen(true)] out ScanBatch? rows)
    {
        while (true)
        {
            if (_file is not null)
            {
                if (_file.TryRead(out rows)) return true;
                _file.Dispose();
                _file = null;
            }
            if (_next == _tasks.Length)
            {
                rows = null;
                return false;
            }
            _file = new FileRows(_scan, _store, _tasks[_next++], _deletes, _buffers);
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        _buffers.Dispose();
    }
}
