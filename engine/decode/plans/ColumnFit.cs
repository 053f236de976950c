using K2I.Columns;

namespace K2I.Decode;

/// <summary>Which values go into a column of another type.</summary>
internal static class ColumnFit
{
    /// <summary>
    /// True where a column of type <paramref name="column"/> takes values of <paramref name="written"/>: all of them, or all that the
    /// decoder finds to be so.
    /// <paramref name="wider"/> is what the column has to become first; null where it may stay. Of nested types only the kind is looked at.
    /// </summary>
    internal static bool Takes(DataType column, DataType written, out PrimitiveType? wider)
    {
        wider = null;
        if (column.Equals(written) || (column.IsNested && column.Kind == written.Kind)) return true;
        switch (column.Kind, written.Kind)
        {
            case (TypeKind.Int, TypeKind.Long):
            case (TypeKind.Float, TypeKind.Double):
                wider = (PrimitiveType)written;
                return true;
            case (TypeKind.Decimal, TypeKind.Decimal):
                var (has, wanted) = ((PrimitiveType)column, (PrimitiveType)written);
                if (has.Scale != wanted.Scale) return false;
                if (wanted.Precision > has.Precision) wider = wanted;
                return true;
            default:
                return Converts(column.Kind, written.Kind);
        }
    }

    /// <summary>Whole numbers that a column kept before a schema called them times stay what they are.</summary>
    private static bool Converts(TypeKind column, TypeKind written) => column switch
    {
        TypeKind.Int => written == TypeKind.Date,
        TypeKind.Long => written is TypeKind.Int or (>= TypeKind.Date and <= TypeKind.TimestampTzNs),
        TypeKind.Float => written is TypeKind.Int or TypeKind.Long,
        TypeKind.Double => written is TypeKind.Int or TypeKind.Long or TypeKind.Float,
        TypeKind.Timestamp => written == TypeKind.TimestampNs,
        TypeKind.TimestampNs => written == TypeKind.Timestamp,
        TypeKind.TimestampTz => written == TypeKind.TimestampTzNs,
        TypeKind.TimestampTzNs => written == TypeKind.TimestampTz,
        TypeKind.String => written is TypeKind.Binary or TypeKind.Uuid,
        TypeKind.Binary => written is TypeKind.String or TypeKind.Fixed,
        TypeKind.Uuid => written == TypeKind.String,
        _ => false,
    };
}
