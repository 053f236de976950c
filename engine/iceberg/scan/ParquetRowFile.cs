using System.Diagnostics.CodeAnalysis;

using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>A Parquet file of a table.</summary>
internal sealed class ParquetRowFile : IRowFile
{
    private readonly StoreSource _source;
    private readonly ParquetReader? _reader;

    internal ParquetRowFile(IObjectReader reader, ReadRequest request, ParquetBuffers buffers, int batchRows)
    {
        _source = new StoreSource(reader);
        try
        {
            _reader = new ParquetReader(_source, ParquetReadOptions.Default with { BatchRows = batchRows }, buffers);
            _reader.Select(request);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public long BatchStart => _reader!.BatchStart;

    public bool TryRead([NotNullWhen(true)] out Batch? batch) => _reader!.TryRead(out batch);

    public void Dispose()
    {
        _reader?.Dispose();
        _source.Dispose();
    }
}
