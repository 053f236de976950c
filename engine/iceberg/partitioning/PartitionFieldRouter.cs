using System.Buffers.Binary;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>One partition field's part of routing: numbers the transformed values of a column, 0 for null. One thread.</summary>
internal sealed class PartitionFieldRouter
{
    private readonly int[] path;
    private readonly PrimitiveType source;
    private readonly Transform transform;
    private readonly ValueIds ids = new();
    private readonly List<byte[]?> values = [null];
    private readonly byte[] scratch = new byte[16];

    public PartitionFieldRouter(PartitionField field, Schema schema)
    {
        transform = field.Transform;
        var path = new List<int>();
        var source = Find(schema.Struct, field.SourceId, path);
        if (transform.Kind == TransformKind.Void)
        {
            this.path = [];
            this.source = PrimitiveType.Int;
            return;
        }
        if (source?.Type is not PrimitiveType type) throw new EngineException(ErrorKind.Invalid, $"partition field '{field.Name}': its source column {field.SourceId} is not in the schema, or not a plain value below structs");
        if (transform.Kind == TransformKind.Unknown || !transform.Accepts(type)) throw new EngineException(ErrorKind.Unsupported, $"partition field '{field.Name}': transform {transform} of {type} is not known to this build");
        path.Reverse();
        this.path = [.. path];
        this.source = type;
    }

    /// <summary>The value with this number.</summary>
    public byte[]? ValueOf(int number) => values[number];

    public void Number(IReadOnlyList<ColumnView> columns, int start, Span<int> numbers)
    {
        if (transform.Kind == TransformKind.Void)
        {
            numbers.Clear();
            return;
        }
        var view = columns[path[0]];
        numbers.Fill(1);
        MarkNulls(view, start, numbers);
        for (var at = 1; at < path.Length; at++)
        {
            view = view.Children[path[at]];
            MarkNulls(view, start, numbers);
        }
        switch (source.Kind)
        {
            case TypeKind.Boolean:
                NumberBooleans(view, start, numbers);
                break;
            case TypeKind.Int or TypeKind.Date:
                NumberInts(view.Values<int>()[start..], numbers);
                break;
            case TypeKind.Float:
                NumberFloats(view.Values<float>()[start..], numbers);
                break;
            case TypeKind.Double:
                NumberDoubles(view.Values<double>()[start..], numbers);
                break;
            case TypeKind.Decimal:
                NumberDecimals(view.Values<Int128>()[start..], numbers);
                break;
            case TypeKind.String or TypeKind.Binary or TypeKind.Fixed or TypeKind.Uuid:
                NumberBytes(view, start, numbers);
                break;
            default:
                NumberLongs(view.Values<long>()[start..], numbers);
                break;
        }
    }

    private static void MarkNulls(ColumnView view, int start, Span<int> numbers)
    {
        if (!view.MayHaveNulls) return;
        for (var row = 0; row < numbers.Length; row++)
            if (view.IsNull(start + row)) numbers[row] = 0;
    }

    private void NumberBooleans(ColumnView view, int start, Span<int> numbers)
    {
        for (var row = 0; row < numbers.Length; row++)
            if (numbers[row] != 0) numbers[row] = OfLong(view.Bit(start + row) ? 1 : 0);
    }

    private void NumberInts(ReadOnlySpan<int> values, Span<int> numbers)
    {
        var (last, lastNumber) = (0, 0);
        for (var row = 0; row < numbers.Length; row++)
        {
            if (numbers[row] == 0) continue;
            if (lastNumber == 0 || values[row] != last) (last, lastNumber) = (values[row], OfLong(TransformFunctions.OfLong(transform, source.Kind, values[row])));
            numbers[row] = lastNumber;
        }
    }

    private void NumberLongs(ReadOnlySpan<long> values, Span<int> numbers)
    {
        var (last, lastNumber) = (0L, 0);
        for (var row = 0; row < numbers.Length; row++)
        {
            if (numbers[row] == 0) continue;
            if (lastNumber == 0 || values[row] != last) (last, lastNumber) = (values[row], OfLong(TransformFunctions.OfLong(transform, source.Kind, values[row])));
            numbers[row] = lastNumber;
        }
    }

    private void NumberFloats(ReadOnlySpan<float> values, Span<int> numbers)
    {
        for (var row = 0; row < numbers.Length; row++)
            if (numbers[row] != 0) numbers[row] = OfLong(float.IsNaN(values[row]) ? BitConverter.SingleToInt32Bits(float.NaN) & int.MaxValue : BitConverter.SingleToInt32Bits(values[row]));
    }

    private void NumberDoubles(ReadOnlySpan<double> values, Span<int> numbers)
    {
        for (var row = 0; row < numbers.Length; row++)
            if (numbers[row] != 0) numbers[row] = OfLong(double.IsNaN(values[row]) ? BitConverter.DoubleToInt64Bits(double.NaN) & long.MaxValue : BitConverter.DoubleToInt64Bits(values[row]));
    }

    private void NumberDecimals(ReadOnlySpan<Int128> values, Span<int> numbers)
    {
        for (var row = 0; row < numbers.Length; row++)
        {
            if (numbers[row] == 0) continue;
            var value = transform.Kind == TransformKind.Truncate ? TransformFunctions.Truncate(values[row], transform.Parameter) : values[row];
            var minimal = Minimal(value);
            numbers[row] = transform.Kind == TransformKind.Bucket ? OfLong(TransformFunctions.Bucket(Murmur3.Hash(minimal), transform.Parameter)) : OfBytes(minimal);
        }
    }

    private void NumberBytes(ColumnView view, int start, Span<int> numbers)
    {
        for (var row = 0; row < numbers.Length; row++)
        {
            if (numbers[row] == 0) continue;
            var value = view.Bytes(start + row);
            numbers[row] = transform.Kind switch
            {
                TransformKind.Bucket => OfLong(TransformFunctions.Bucket(Murmur3.Hash(value), transform.Parameter)),
                TransformKind.Truncate when source.Kind == TypeKind.String => OfBytes(TransformFunctions.Prefix(value, transform.Parameter)),
                TransformKind.Truncate => OfBytes(value[..Math.Min(value.Length, transform.Parameter)]),
                _ => OfBytes(value),
            };
        }
    }

    /// <summary>Big-endian, without bytes that only repeat the sign.</summary>
    private ReadOnlySpan<byte> Minimal(Int128 value)
    {
        BinaryPrimitives.WriteInt128BigEndian(scratch, value);
        var at = 0;
        while (at < 15 && (scratch[at] == 0 || scratch[at] == 0xFF) && ((scratch[at] ^ scratch[at + 1]) & 0x80) == 0) at++;
        return scratch.AsSpan(at);
    }

    private int OfLong(long value)
    {
        var number = ids.Of(value, out var isNew) + 1;
        if (isNew) values.Add(ToBytes(value));
        return number;
    }

    private int OfBytes(ReadOnlySpan<byte> value)
    {
        var number = ids.Of(value, out var isNew) + 1;
        if (isNew) values.Add(value.ToArray());
        return number;
    }

    private byte[] ToBytes(long value) => transform.Kind switch
    {
        TransformKind.Identity or TransformKind.Truncate => source.Kind switch
        {
            TypeKind.Boolean => [(byte)value],
            TypeKind.Int or TypeKind.Date or TypeKind.Float => SingleValue.OfInt((int)value),
            _ => SingleValue.OfLong(value),
        },
        _ => SingleValue.OfInt((int)value),
    };

    /// <summary>Child places from the source up to the root; only structs lie between.</summary>
    private static Field? Find(StructType type, int id, List<int> path)
    {
        for (var at = 0; at < type.Fields.Length; at++)
        {
            var field = type.Fields[at];
            var found = field.Id == id ? field : field.Type is StructType below ? Find(below, id, path) : null;
            if (found is null) continue;
            path.Add(at);
            return found;
        }
        return null;
    }
}
