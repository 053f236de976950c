using System.Buffers.Binary;
using System.Text;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Partition values between their two forms: <see cref="SingleValue"/> bytes and the Avro values of manifests.</summary>
internal static class AvroPartitionValues
{
    public static object? ToAvro(DataType type, byte[]? value)
    {
        if (value is null) return null;
        switch (type.Kind)
        {
            case TypeKind.Boolean:
                return value[0] != 0;
            case TypeKind.Int or TypeKind.Date:
                return (int)SingleValue.ToLong(value);
            case TypeKind.Long or TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs:
                return SingleValue.ToLong(value);
            case TypeKind.Float:
                return BinaryPrimitives.ReadSingleLittleEndian(value);
            case TypeKind.Double:
                return SingleValue.ToDouble(value);
            case TypeKind.String:
                return Encoding.UTF8.GetString(value);
            case TypeKind.Decimal:
                var bytes = new byte[AvroSchemas.DecimalBytes(((PrimitiveType)type).Precision)];
                Check.That(value.Length <= bytes.Length);
                if ((sbyte)value[0] < 0) Array.Fill(bytes, byte.MaxValue);
                value.CopyTo(bytes, bytes.Length - value.Length);
                return bytes;
            default:
                return value;
        }
    }

    /// <summary>The bytes of a value as its column's type of today writes them; the Avro type's own where that type is not known.</summary>
    public static byte[]? FromAvro(DataType? type, object? value, string what)
    {
        switch (value)
        {
            case null:
                return null;
            case bool b:
                return [b ? (byte)1 : (byte)0];
            case int i:
                return type?.Kind is TypeKind.Long or TypeKind.Timestamp or TypeKind.TimestampNs ? SingleValue.OfLong(i) : SingleValue.OfInt(i);
            case long l:
                return type?.Kind is TypeKind.Int or TypeKind.Date ? SingleValue.OfInt(checked((int)l)) : SingleValue.OfLong(l);
            case float f:
                return type?.Kind == TypeKind.Double ? OfDouble(f) : PartitionTuple.Canonical(PrimitiveType.Float, SingleValue.OfInt(BitConverter.SingleToInt32Bits(f)));
            case double d:
                return OfDouble(d);
            case string s:
                return type?.Kind == TypeKind.Uuid && Guid.TryParse(s, out var guid) ? guid.ToByteArray(bigEndian: true) : Encoding.UTF8.GetBytes(s);
            case byte[] bytes:
                return type?.Kind == TypeKind.Decimal ? SingleValue.OfDecimal(SingleValue.ToDecimal(bytes)) : bytes;
            default:
                throw new EngineException(ErrorKind.Corrupt, $"{what}: a partition value of an unexpected Avro type");
        }
    }

    private static byte[] OfDouble(double value) => PartitionTuple.Canonical(PrimitiveType.Double, SingleValue.OfLong(BitConverter.DoubleToInt64Bits(value)));
}
