using System.Buffers;
using System.Buffers.Binary;
using System.Text;

using K2I.Avro;
using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Avro's binary encoding, written (Avro specification, "Binary Encoding"). Values are plain objects:</summary>
/// <remarks>null, bool, int, long, float, double, byte[], string, object?[] (record), IReadOnlyList of object (array), dictionary of string (map).</remarks>
internal sealed class AvroEncoder(ArrayBufferWriter<byte> into)
{
    public void Long(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        var span = into.GetSpan(10);
        var at = 0;
        while (zigzag >= 0x80)
        {
            span[at++] = (byte)(zigzag | 0x80);
            zigzag >>= 7;
        }
        span[at++] = (byte)zigzag;
        into.Advance(at);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Long(bytes.Length);
        into.Write(bytes);
    }

    public void Raw(ReadOnlySpan<byte> bytes) => into.Write(bytes);

    public void String(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a value as its type says; a value that does not fit its type is a bug of the caller.</summary>
    public void Value(AvroType type, object? value)
    {
        switch (type.Kind)
        {
            case AvroKind.Null:
                Check.That(value is null);
                break;
            case AvroKind.Boolean:
                into.Write([(bool)value! ? (byte)1 : (byte)0]);
                break;
            case AvroKind.Int:
                Long((int)value!);
                break;
            case AvroKind.Long:
                Long((long)value!);
                break;
            case AvroKind.Float:
                BinaryPrimitives.WriteSingleLittleEndian(into.GetSpan(4), (float)value!);
                into.Advance(4);
                break;
            case AvroKind.Double:
                BinaryPrimitives.WriteDoubleLittleEndian(into.GetSpan(8), (double)value!);
                into.Advance(8);
                break;
            case AvroKind.Bytes:
                Bytes((byte[])value!);
                break;
            case AvroKind.String:
                String((string)value!);
                break;
            case AvroKind.Fixed:
                var bytes = (byte[])value!;
                Check.That(bytes.Length == type.Size);
                into.Write(bytes);
                break;
            case AvroKind.Record:
                var values = (object?[])value!;
                Check.That(values.Length == type.Fields.Length);
                for (var at = 0; at < values.Length; at++) Value(type.Fields[at].Type, values[at]);
                break;
            case AvroKind.Array:
                var items = (IReadOnlyList<object?>)value!;
                if (items.Count > 0) Long(items.Count);
                foreach (var item in items) Value(type.Element!, item);
                Long(0);
                break;
            case AvroKind.Map:
                var map = (IReadOnlyDictionary<string, object?>)value!;
                if (map.Count > 0) Long(map.Count);
                foreach (var (key, item) in map)
                {
                    String(key);
                    Value(type.Element!, item);
                }
                Long(0);
                break;
            case AvroKind.Union:
                var optional = type.Optional;
                Check.That(optional is not null);
                var branch = Array.FindIndex(type.Branches, b => (b.Kind == AvroKind.Null) == value is null);
                Long(branch);
                if (value is not null) Value(optional, value);
                break;
            default:
                Check.Fail($"an Avro {type.Kind} is never written");
                break;
        }
    }
}
