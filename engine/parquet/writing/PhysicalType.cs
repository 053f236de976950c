using K2I.Columns;

namespace K2I.Parquet;

/// <summary>How values lie in a file. The numbers are the format's (parquet.thrift, Type).</summary>
internal enum PhysicalType
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,
    Float = 4,
    Double = 5,
    ByteArray = 6,
    FixedLenByteArray = 7,
}

internal static class PhysicalTypes
{
    internal static PhysicalType Of(PrimitiveType type) => type.Kind switch
    {
        TypeKind.Boolean => PhysicalType.Boolean,
        TypeKind.Int or TypeKind.Date => PhysicalType.Int32,
        TypeKind.Float => PhysicalType.Float,
        TypeKind.Double => PhysicalType.Double,
        TypeKind.Decimal => type.Precision <= 9 ? PhysicalType.Int32 : type.Precision <= 18 ? PhysicalType.Int64 : PhysicalType.FixedLenByteArray,
        TypeKind.String or TypeKind.Binary => PhysicalType.ByteArray,
        TypeKind.Uuid or TypeKind.Fixed => PhysicalType.FixedLenByteArray,
        _ => PhysicalType.Int64,
    };

    /// <summary>Bytes of a fixed-length value: the fewest that hold a decimal's digits.</summary>
    internal static int FixedLength(PrimitiveType type)
    {
        if (type.Kind == TypeKind.Uuid) return 16;
        if (type.Kind != TypeKind.Decimal) return type.Length;
        var largest = UInt128.One;
        for (var i = 0; i < type.Precision; i++) largest *= 10;
        var bits = 128 - (int)UInt128.LeadingZeroCount(largest - 1) + 1;
        return (bits + 7) / 8;
    }
}
