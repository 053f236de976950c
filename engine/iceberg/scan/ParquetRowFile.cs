using System.Diagnostics.CodeAnalysis;

using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>A Parquet file of a table.</summary>
internal sealed class ParquetRowFile : IRowFile
{
    /// <summary>
    /// A column has the bytes as they were read, as they are without compression, and as values; and others read at the same time.
    /// </summary>
    private const int MostReaders = 8;

    private const long LeastBytes = 16 << 10;

    private readonly StoreSource source;
    private readonly ParquetReader? reader;

    internal ParquetRowFile(IObjectReader reader, ReadRequest request, ParquetBuffers buffers, int batchRows)
    {
        source = new StoreSource(reader);
        try
        {
            this.reader = new ParquetReader(source, OptionsFor(request, buffers) with { BatchRows = batchRows }, buffers);
            this.reader.Select(request);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where memory is scarce, columns are read ahead by less, so that those of a wide table fit side by side.</summary>
    private static ParquetReadOptions OptionsFor(ReadRequest request, ParquetBuffers buffers)
    {
        var each = buffers.LimitBytes / (MostReaders * Math.Max(1, request.Schema.Fields.Length));
        var options = ParquetReadOptions.Default;
        return options with
        {
            ReadAheadBytes = (int)Math.Clamp(each, LeastBytes, options.ReadAheadBytes),
            BatchBytes = (int)Math.Clamp(each, LeastBytes, options.BatchBytes),
        };
    }

    public long BatchStart => reader!.BatchStart;

    public IReadOnlyDictionary<string, string> Metadata => reader!.Metadata;

    public bool TryRead([NotNullWhen(true)] out Batch? batch) => reader!.TryRead(out batch);

    public void Dispose()
    {
        reader?.Dispose();
        source.Dispose();
    }
}
