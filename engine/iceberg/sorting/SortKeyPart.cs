using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>One field of a sort order.</summary>
internal sealed class SortKeyPart : IKeyPart
{
    private const byte NullFirst = 0, Value = 1, NullLast = 2;

    private readonly SortField field;
    private readonly int[] path;
    private readonly PrimitiveType type;

    internal SortKeyPart(SortField field, Schema schema)
    {
        this.field = field;
        (path, type) = OrderKey.Column(schema, field.SourceId);
        if (field.Transform.Kind == TransformKind.Unknown || !field.Transform.Accepts(type))
            throw new EngineException(ErrorKind.Unsupported, $"rows cannot be sorted by {field.Transform} of a column of type {type}");
    }

    public void Append(Batch batch, Ordinal row, KeyBytes key)
    {
        var column = RowKey.Column(batch, path, row);
        if (field.Transform.Kind == TransformKind.Void || column.IsNull(row.Value))
        {
            key.Byte(field.NullsLast ? NullLast : NullFirst);
            return;
        }
        key.Byte(Value);
        var start = key.Length;
        AppendValue(column, row.Value, key);
        if (field.Descending) key.Invert(start);
    }

    private void AppendValue(ColumnView column, int row, KeyBytes key)
    {
        var transform = field.Transform;
        switch (type.Kind)
        {
            case TypeKind.Boolean:
                key.Byte(column.Bit(row) ? (byte)1 : (byte)0);
                break;
            case TypeKind.Int or TypeKind.Date:
                key.Long(TransformFunctions.OfLong(transform, type.Kind, column.Value<int>(row)));
                break;
            case TypeKind.Long or TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampTz:
            case TypeKind.TimestampNs or TypeKind.TimestampTzNs:
                key.Long(TransformFunctions.OfLong(transform, type.Kind, column.Value<long>(row)));
                break;
            case TypeKind.Float:
                key.Double(column.Value<float>(row));
                break;
            case TypeKind.Double:
                key.Double(column.Value<double>(row));
                break;
            case TypeKind.Decimal:
                var unscaled = column.Value<Int128>(row);
                if (transform.Kind == TransformKind.Bucket) key.Int(BucketOf(SingleValue.OfDecimal(unscaled)));
                else key.Wide(transform.Kind == TransformKind.Truncate ? TransformFunctions.Truncate(unscaled, transform.Parameter)
                    : unscaled);
                break;
            default:
                var bytes = column.Bytes(row);
                if (transform.Kind == TransformKind.Bucket) key.Int(BucketOf(bytes));
                else if (transform.Kind != TransformKind.Truncate) key.Text(bytes);
                else key.Text(type.Kind == TypeKind.String ? TransformFunctions.Prefix(bytes, transform.Parameter)
                    : bytes[..Math.Min(bytes.Length, transform.Parameter)]);
                break;
        }
    }

    private int BucketOf(ReadOnlySpan<byte> value) => TransformFunctions.Bucket(Murmur3.Hash(value), field.Transform.Parameter);
}
