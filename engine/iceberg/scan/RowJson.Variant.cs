using System.Buffers;
using System.Buffers.Binary;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Variants as JSON. Nothing that others wrote is trusted: each place is checked, and no byte is read for two values.</summary>
/// <remarks>Source: parquet-format, VariantEncoding.md.</remarks>
public sealed partial class RowJson
{
    private const int MaxVariantDepth = 1000;

    // What is left of the value's bytes: values that overlap would let a few bytes stand for any number of them.
    private int variantBytes;

    private void Variant(ColumnView column, int at)
    {
        var value = column.Children[1].Bytes(at);
        variantBytes = value.Length;
        Variant(VariantMetadata.Read(column.Children[0].Bytes(at)), value, 0);
    }

    private void Variant(in VariantMetadata names, ReadOnlySpan<byte> value, int depth)
    {
        VariantMetadata.Unless(!value.IsEmpty && depth <= MaxVariantDepth);
        var header = value[0] >> 2;
        switch (value[0] & 3)
        {
            case 0:
                VariantPrimitive(header, value);
                break;
            case 1:
                VariantText(Take(value, 1, header));
                break;
            case 2:
                VariantObject(names, header, value, depth);
                break;
            default:
                VariantArray(names, header, value, depth);
                break;
        }
    }

    private void VariantObject(in VariantMetadata names, int header, ReadOnlySpan<byte> value, int depth)
    {
        var (offsetBytes, idBytes) = ((header & 3) + 1, (header >> 2 & 3) + 1);
        var (count, head) = VariantCount(value, (header & 16) != 0, idBytes + offsetBytes, offsetBytes);
        var ids = value[head..];
        var offsets = ids[(count * idBytes)..];
        var values = offsets[((count + 1) * offsetBytes)..];
        Byte('{');
        for (var i = 0; i < count; i++)
        {
            if (i > 0) Byte(',');
            Byte('"');
            Escaped(names.Name(VariantMetadata.Number(ids[(i * idBytes)..], idBytes)));
            text.Write("\":"u8);
            Variant(names, From(values, VariantMetadata.Number(offsets[(i * offsetBytes)..], offsetBytes)), depth + 1);
        }
        Byte('}');
    }

    private void VariantArray(in VariantMetadata names, int header, ReadOnlySpan<byte> value, int depth)
    {
        var offsetBytes = (header & 3) + 1;
        var (count, head) = VariantCount(value, (header & 4) != 0, offsetBytes, offsetBytes);
        var offsets = value[head..];
        var values = offsets[((count + 1) * offsetBytes)..];
        Byte('[');
        for (var i = 0; i < count; i++)
        {
            if (i > 0) Byte(',');
            Variant(names, From(values, VariantMetadata.Number(offsets[(i * offsetBytes)..], offsetBytes)), depth + 1);
        }
        Byte(']');
    }

    /// <summary>How many values an object or array has, and where what it says of each of them begins.</summary>
    private (int Count, int Head) VariantCount(ReadOnlySpan<byte> value, bool isLarge, int bytesOfEach, int bytesBehind)
    {
        var head = isLarge ? 5 : 2;
        VariantMetadata.Unless(value.Length >= head);
        var count = VariantMetadata.Number(value[1..], head - 1);
        var all = head + (count * bytesOfEach) + bytesBehind;
        VariantMetadata.Unless(all <= value.Length && all <= variantBytes);
        variantBytes -= (int)all;
        return ((int)count, head);
    }

    private static ReadOnlySpan<byte> From(ReadOnlySpan<byte> values, long at)
    {
        VariantMetadata.Unless(at < values.Length);
        return values[(int)at..];
    }

    /// <summary>Bytes of a single value, from behind its header.</summary>
    private ReadOnlySpan<byte> Take(ReadOnlySpan<byte> value, int at, long bytes)
    {
        VariantMetadata.Unless(at + bytes <= value.Length && at + bytes <= variantBytes);
        variantBytes -= at + (int)bytes;
        return value.Slice(at, (int)bytes);
    }

    private void VariantText(ReadOnlySpan<byte> value)
    {
        VariantMetadata.Unless(System.Text.Unicode.Utf8.IsValid(value));
        Byte('"');
        Escaped(value);
        Byte('"');
    }

    private void VariantPrimitive(int type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case 0:
                Take(value, 1, 0);
                text.Write("null"u8);
                break;
            case 1 or 2:
                Take(value, 1, 0);
                text.Write(type == 1 ? "true"u8 : "false"u8);
                break;
            case 3:
                Number((sbyte)Take(value, 1, 1)[0]);
                break;
            case 4:
                Number(BinaryPrimitives.ReadInt16LittleEndian(Take(value, 1, 2)));
                break;
            case 5:
                Number(BinaryPrimitives.ReadInt32LittleEndian(Take(value, 1, 4)));
                break;
            case 6:
                Number(Long(value));
                break;
            case 7:
                text.Advance(FloatJson.Write(BitConverter.Int64BitsToDouble(Long(value)), text.GetSpan(FloatJson.MostBytes)));
                break;
            case 8 or 9 or 10:
                VariantDecimal(Take(value, 1, type == 8 ? 5 : type == 9 ? 9 : 17));
                break;
            case 14:
                var single = BinaryPrimitives.ReadSingleLittleEndian(Take(value, 1, 4));
                text.Advance(FloatJson.Write(single, text.GetSpan(FloatJson.MostBytes)));
                break;
            case 15 or 16:
                VariantMetadata.Unless(value.Length >= 5);
                var bytes = Take(value, 5, VariantMetadata.Number(value[1..], 4));
                if (type == 15) Hex(bytes);
                else VariantText(bytes);
                break;
            case 20:
                Uuid(new(Take(value, 1, 16), bigEndian: true));
                break;
            default:
                VariantTime(type, value);
                break;
        }
    }

    private void VariantDecimal(ReadOnlySpan<byte> scaleAndNumber)
    {
        var scale = scaleAndNumber[0];
        VariantMetadata.Unless(scale <= PrimitiveType.MaxPrecision);
        var number = scaleAndNumber[1..];
        BareDecimal(number.Length switch
        {
            4 => BinaryPrimitives.ReadInt32LittleEndian(number),
            8 => BinaryPrimitives.ReadInt64LittleEndian(number),
            _ => BinaryPrimitives.ReadInt128LittleEndian(number),
        }, scale);
    }

    private void VariantTime(int type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case 11:
                Byte('"');
                Date(BinaryPrimitives.ReadInt32LittleEndian(Take(value, 1, 4)));
                Byte('"');
                break;
            case 12 or 13:
                Timestamp(Long(value), 6, isUtc: type == 12);
                break;
            case 17:
                var micros = Long(value);
                VariantMetadata.Unless(micros is >= 0 and < 86_400_000_000);
                Byte('"');
                TimeOfDay(micros, 6);
                Byte('"');
                break;
            case 18 or 19:
                Timestamp(Long(value), 9, isUtc: type == 18);
                break;
            default:
                throw new EngineException(ErrorKind.Unsupported, $"a variant holds a value of type {type}, which this build does not know");
        }
    }

    private long Long(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadInt64LittleEndian(Take(value, 1, 8));
}
