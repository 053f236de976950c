using K2I.Base;

namespace K2I.Parquet;

/// <summary>Checks what the options say of single columns against the schema.</summary>
internal static class ColumnChoices
{
    internal static void Check(ParquetOptions options, List<SchemaNode> leaves)
    {
        var byPath = leaves.ToLookup(l => l.Path, StringComparer.Ordinal);
        foreach (var (path, encoding) in options.Encodings)
        {
            Check(byPath, path, "an encoding is chosen");
            foreach (var leaf in byPath[path])
                if (!Fits(encoding, PhysicalTypes.Of((Columns.PrimitiveType)leaf.Field.Type)))
                    throw new EngineException(ErrorKind.Invalid, $"column {path}: {encoding} cannot encode {leaf.Field.Type}");
        }
        foreach (var path in options.BloomFilters)
        {
            Check(byPath, path, "a Bloom filter is wanted");
            if (byPath[path].Any(l => PhysicalTypes.Of((Columns.PrimitiveType)l.Field.Type) == PhysicalType.Boolean))
                throw new EngineException(ErrorKind.Invalid, $"column {path}: booleans have no Bloom filter");
        }
    }

    private static void Check(ILookup<string, SchemaNode> byPath, string path, string why)
    {
        if (!byPath.Contains(path)) throw new EngineException(ErrorKind.Invalid, $"{why} for {path}, which is no column of the schema");
    }

    internal static bool Fits(ColumnEncoding encoding, PhysicalType type) => encoding switch
    {
        ColumnEncoding.DeltaBinaryPacked => type is PhysicalType.Int32 or PhysicalType.Int64,
        ColumnEncoding.DeltaLengthByteArray => type is PhysicalType.ByteArray,
        ColumnEncoding.DeltaByteArray => type is PhysicalType.ByteArray or PhysicalType.FixedLenByteArray,
        ColumnEncoding.ByteStreamSplit => type is not (PhysicalType.Boolean or PhysicalType.ByteArray),
        _ => true,
    };
}
