using K2I.Base;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>Opens files by the format their manifest names.</summary>
internal static class RowFiles
{
    internal static IRowFile Open(IObjectStore store, DataFile file, ReadRequest request, ParquetBuffers buffers, int batchRows = 16_384)
    {
        if (file.KeyMetadata is not null) throw new EngineException(ErrorKind.Unsupported, $"{file.FilePath} is encrypted");
        return file.FileFormat.ToUpperInvariant() switch
        {
            "PARQUET" => new ParquetRowFile(store.Open(file.FilePath, file.FileSizeBytes), request, buffers, batchRows),
            "AVRO" => new AvroRowFile(new AvroFileReader(store.Read(file.FilePath), file.FilePath), request, file.FilePath, batchRows),
            var format => throw new EngineException(ErrorKind.Unsupported, $"{file.FilePath}: files of format {format} cannot be read"),
        };
    }
}
