using System.Diagnostics.CodeAnalysis;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Parquet;

namespace K2I.Maintenance;

/// <summary>Sorted rows that wait in a file, read row by row. Owner of the file: gone when it is disposed of. One thread.</summary>
internal sealed class SortedFile(JobContext context, string location, Schema schema, OrderKey order) : IDisposable
{
    private const int BatchRows = 4096;

    private StoreSource? source;
    private ParquetReader? reader;
    private byte[] key = new byte[64];
    private int keyLength, row;

    /// <summary>Of the row that is next.</summary>
    internal ReadOnlySpan<byte> Key => key.AsSpan(0, keyLength);

    /// <summary>Has the row that is next, at <see cref="Row"/>.</summary>
    internal Batch? Batch { get; private set; }

    internal int Row => row;

    /// <summary>Opens the file and goes to its first row.</summary>
    /// <param name="columnBytes">What a column may be read ahead by, and a batch's may have.</param>
    internal void Open(int columnBytes)
    {
        source = new StoreSource(context.Store.Open(location));
        reader = new ParquetReader(source,
            ParquetReadOptions.Default with { BatchRows = BatchRows, BatchBytes = columnBytes, ReadAheadBytes = columnBytes },
            context.Buffers);
        reader.Select(new ReadRequest { Schema = schema });
        row = -1;
        TryNext();
    }

    /// <summary>Goes to the next row; false after the last.</summary>
    [MemberNotNullWhen(true, nameof(Batch))]
    internal bool TryNext()
    {
        if (Batch is null || ++row >= Batch.Rows)
        {
            row = 0;
            if (!reader!.TryRead(out var batch))
            {
                Batch = null;
                return false;
            }
            Batch = batch;
        }
        var next = order.Of(Batch, new(row));
        if (next.Length > key.Length) key = new byte[Math.Max(next.Length, key.Length * 2)];
        next.CopyTo(key);
        keyLength = next.Length;
        return true;
    }

    public void Dispose()
    {
        reader?.Dispose();
        source?.Dispose();
        (reader, source, Batch) = (null, null, null);
        try
        {
            _ = context.Store.Delete(location);
        }
        catch (EngineException error)
        {
            context.Log.Warn("a file of sorted rows could not be removed", ("table", context.Ident), ("file", location),
                ("error", error.Message));
        }
    }
}
