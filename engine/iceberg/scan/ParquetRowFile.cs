using System.Diagnostics.CodeAnalysis;

using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>A Parquet file of a table.</summary>
internal sealed class ParquetRowFile : IRowFile
{
    private readonly StoreSource source;
    private readonly ParquetReader? reader;

    internal ParquetRowFile(IObjectReader reader, ReadRequest request, ParquetBuffers buffers, int batchRows)
    {
        source = new StoreSource(reader);
        try
        {
            this.reader = new ParquetReader(source, ParquetReadOptions.Default with { BatchRows = batchRows }, buffers);
            this.reader.Select(request);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public long BatchStart => reader!.BatchStart;

    public bool TryRead([NotNullWhen(true)] out Batch? batch) => reader!.TryRead(out batch);

    public void Dispose()
    {
        reader?.Dispose();
        source.Dispose();
    }
}
