using K2I.Columns;

namespace K2I.Parquet;

/// <summary>Writes what a leaf's bytes mean, in the old form (converted type) where it can say so, and in the new (logical type).</summary>
/// <remarks>
/// A local timestamp has no converted type: the old form means UTC. Source: LogicalTypes.md of parquet-format, and the Iceberg spec, "Parquet".
/// </remarks>
internal static class LogicalTypes
{
    private const int Micros = 2, Nanos = 3;

    internal static void WriteConverted(ThriftWriter thrift, PrimitiveType type)
    {
        var converted = type.Kind switch
        {
            TypeKind.String => 0,
            TypeKind.Decimal => 5,
            TypeKind.Date => 6,
            TypeKind.Time => 8,
            TypeKind.TimestampTz => 10,
            _ => -1,
        };
        if (converted >= 0) thrift.WriteI32(6, converted);
        if (type.Kind != TypeKind.Decimal) return;
        thrift.WriteI32(7, type.Scale);
        thrift.WriteI32(8, type.Precision);
    }

    internal static void WriteLogical(ThriftWriter thrift, PrimitiveType type)
    {
        switch (type.Kind)
        {
            case TypeKind.String:
                WriteEmpty(thrift, 1);
                break;
            case TypeKind.Date:
                WriteEmpty(thrift, 6);
                break;
            case TypeKind.Uuid:
                WriteEmpty(thrift, 14);
                break;
            case TypeKind.Decimal:
                thrift.BeginStruct(10);
                thrift.BeginStruct(5);
                thrift.WriteI32(1, type.Scale);
                thrift.WriteI32(2, type.Precision);
                thrift.EndStruct();
                thrift.EndStruct();
                break;
            case TypeKind.Time:
                WriteTime(thrift, 7, false, Micros);
                break;
            case TypeKind.Timestamp or TypeKind.TimestampTz:
                WriteTime(thrift, 8, type.Kind == TypeKind.TimestampTz, Micros);
                break;
            case TypeKind.TimestampNs or TypeKind.TimestampTzNs:
                WriteTime(thrift, 8, type.Kind == TypeKind.TimestampTzNs, Nanos);
                break;
            default:
                break;
        }
    }

    private static void WriteEmpty(ThriftWriter thrift, short id)
    {
        thrift.BeginStruct(10);
        thrift.WriteEmptyStruct(id);
        thrift.EndStruct();
    }

    private static void WriteTime(ThriftWriter thrift, short id, bool utc, short unit)
    {
        thrift.BeginStruct(10);
        thrift.BeginStruct(id);
        thrift.WriteBool(1, utc);
        thrift.BeginStruct(2);
        thrift.WriteEmptyStruct(unit);
        thrift.EndStruct();
        thrift.EndStruct();
        thrift.EndStruct();
    }
}
