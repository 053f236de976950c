using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>The order of two values of one column: numbers by value, text and bytes unsigned byte by byte; nulls first.</summary>
internal static class ColumnOrder
{
    internal static int Compare(ColumnView column, int left, int right)
    {
        if (column.IsNull(left) || column.IsNull(right)) return column.IsNull(right).CompareTo(column.IsNull(left));
        switch (column.Field.Type.Kind)
        {
            case TypeKind.Boolean:
                return column.Bit(left).CompareTo(column.Bit(right));
            case TypeKind.Int or TypeKind.Date:
                return column.Value<int>(left).CompareTo(column.Value<int>(right));
            case TypeKind.Float:
                return column.Value<float>(left).CompareTo(column.Value<float>(right));
            case TypeKind.Double:
                return column.Value<double>(left).CompareTo(column.Value<double>(right));
            case TypeKind.Decimal:
                return column.Value<Int128>(left).CompareTo(column.Value<Int128>(right));
            case TypeKind.Struct:
                foreach (var child in column.Children)
                    if (Compare(child, left, right) is var order and not 0) return order;
                return 0;
            case TypeKind.String or TypeKind.Binary or TypeKind.Fixed or TypeKind.Uuid:
                return column.Bytes(left).SequenceCompareTo(column.Bytes(right));
            case TypeKind.List or TypeKind.Map:
                return 0;
            default:
                return column.Value<long>(left).CompareTo(column.Value<long>(right));
        }
    }
}
