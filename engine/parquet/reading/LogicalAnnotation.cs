namespace K2I.Parquet;

/// <summary>What a column's values mean (parquet.thrift, LogicalType), with the parameters that some kinds have.</summary>
internal readonly record struct LogicalAnnotation(LogicalKind Kind, int Scale, int Precision, bool AdjustedToUtc, TimeUnit Unit, int BitWidth, bool Signed)
{
    internal static LogicalAnnotation Read(ref ThriftReader thrift, byte unionType)
    {
        var annotation = default(LogicalAnnotation);
        if (unionType != ThriftReader.Struct)
        {
            thrift.Skip(unionType);
            return annotation;
        }
        var kind = 0;
        while (thrift.Field(ref kind, out var type))
        {
            if (type != ThriftReader.Struct || kind is not (5 or 7 or 8 or 10))
            {
                thrift.Skip(type);
                annotation = annotation with { Kind = kind is > 0 and <= (int)LogicalKind.Geography ? (LogicalKind)kind : LogicalKind.None };
                continue;
            }
            annotation = Parameters(ref thrift, (LogicalKind)kind);
        }
        return annotation;
    }

    private static LogicalAnnotation Parameters(ref ThriftReader thrift, LogicalKind kind)
    {
        var annotation = new LogicalAnnotation { Kind = kind, Signed = true };
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            switch (kind, id)
            {
                case (LogicalKind.Decimal, 1):
                    annotation = annotation with { Scale = thrift.Int32(type) };
                    break;
                case (LogicalKind.Decimal, 2):
                    annotation = annotation with { Precision = thrift.Int32(type) };
                    break;
                case (LogicalKind.Time or LogicalKind.Timestamp, 1):
                    annotation = annotation with { AdjustedToUtc = thrift.Bool(type) };
                    break;
                case (LogicalKind.Time or LogicalKind.Timestamp, 2) when type == ThriftReader.Struct:
                    annotation = annotation with { Unit = ReadUnit(ref thrift) };
                    break;
                case (LogicalKind.Integer, 1):
                    annotation = annotation with { BitWidth = thrift.Int32(type) };
                    break;
                case (LogicalKind.Integer, 2):
                    annotation = annotation with { Signed = thrift.Bool(type) };
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        return annotation;
    }

    private static TimeUnit ReadUnit(ref ThriftReader thrift)
    {
        var unit = 0;
        var found = TimeUnit.None;
        while (thrift.Field(ref unit, out var type))
        {
            thrift.Skip(type);
            found = unit is >= 1 and <= 3 ? (TimeUnit)unit : TimeUnit.None;
        }
        return found;
    }
}
