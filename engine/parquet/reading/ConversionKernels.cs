using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>Converts runs of stored values into column values. Both sides hold <c>count</c> values; the caller made the room.</summary>
internal static unsafe class ConversionKernels
{
    private const long MicrosPerDay = 86_400_000_000, JulianEpochDay = 2_440_588;
    private const string OutOfRange = "a time is out of the range of its column";

    internal static void Convert(ValueConversion conversion, byte* source, int width, byte* target, int count)
    {
        switch (conversion)
        {
            case ValueConversion.IntToLong:
                for (var i = 0; i < count; i++) ((long*)target)[i] = Int(source, i);
                break;
            case ValueConversion.UIntToLong:
                for (var i = 0; i < count; i++) ((long*)target)[i] = (uint)Int(source, i);
                break;
            case ValueConversion.IntToDecimal:
                for (var i = 0; i < count; i++) Put(target, i, Int(source, i));
                break;
            case ValueConversion.LongToDecimal:
                for (var i = 0; i < count; i++) Put(target, i, Long(source, i));
                break;
            case ValueConversion.ULongToDecimal:
                for (var i = 0; i < count; i++) Put(target, i, (ulong)Long(source, i));
                break;
            case ValueConversion.BytesToDecimal:
                for (var i = 0; i < count; i++) Put(target, i, Decimal(source + (long)i * width, width));
                break;
            case ValueConversion.FloatToDouble:
                for (var i = 0; i < count; i++) ((double*)target)[i] = BitConverter.Int32BitsToSingle(Int(source, i));
                break;
            case ValueConversion.HalfToFloat:
                for (var i = 0; i < count; i++) ((float*)target)[i] = (float)HalfAt(source, i);
                break;
            case ValueConversion.HalfToDouble:
                for (var i = 0; i < count; i++) ((double*)target)[i] = (double)HalfAt(source, i);
                break;
            case ValueConversion.IntTimes1000:
                for (var i = 0; i < count; i++) ((long*)target)[i] = Int(source, i) * 1000L;
                break;
            case ValueConversion.LongTimes1000:
                for (var i = 0; i < count; i++) ((long*)target)[i] = Times(Long(source, i), 1000);
                break;
            case ValueConversion.LongTimesMillion:
                for (var i = 0; i < count; i++) ((long*)target)[i] = Times(Long(source, i), 1_000_000);
                break;
            case ValueConversion.LongOver1000:
                for (var i = 0; i < count; i++) ((long*)target)[i] = FloorOver1000(Long(source, i));
                break;
            case ValueConversion.DaysToMicros:
                for (var i = 0; i < count; i++) ((long*)target)[i] = Times(Int(source, i), MicrosPerDay);
                break;
            case ValueConversion.DaysToNanos:
                for (var i = 0; i < count; i++) ((long*)target)[i] = Times(Int(source, i), MicrosPerDay * 1000);
                break;
            case ValueConversion.Int96ToMicros:
                // Spark writes times beyond its own range wrapped around, and reads them so.
                for (var i = 0; i < count; i++) ((long*)target)[i] = unchecked((Day(source, i) * MicrosPerDay) + FloorOver1000(NanosOfDay(source, i)));
                break;
            case ValueConversion.Int96ToNanos:
                for (var i = 0; i < count; i++) ((long*)target)[i] = Add(Times(Day(source, i), MicrosPerDay * 1000), NanosOfDay(source, i));
                break;
            default:
                Buffer.MemoryCopy(source, target, (long)count * width, (long)count * width);
                break;
        }
    }

    /// <summary>A decimal's unscaled value from big-endian bytes; what exceeds 16 bytes may only repeat the sign.</summary>
    internal static Int128 Decimal(byte* bytes, int width)
    {
        Damage.Unless(width > 0, "a decimal without bytes");
        var sign = (sbyte)bytes[0] < 0 ? (byte)0xFF : (byte)0;
        for (; width > 16; width--) Damage.Unless(*bytes++ == sign, "a decimal of more than 128 bits");
        Damage.Unless(((*bytes ^ sign) & 0x80) == 0, "a decimal of more than 128 bits");
        if (width == 16) return new Int128(BinaryPrimitives.ReadUInt64BigEndian(new(bytes, 8)), BinaryPrimitives.ReadUInt64BigEndian(new(bytes + 8, 8)));
        ulong high = sign == 0 ? 0 : ulong.MaxValue, low = high;
        for (var i = 0; i < width; i++)
        {
            high = high << 8 | low >> 56;
            low = low << 8 | bytes[i];
        }
        return new Int128(high, low);
    }

    private static int Int(byte* source, int index) => Unsafe.ReadUnaligned<int>(source + (long)index * 4);

    private static long Long(byte* source, int index) => Unsafe.ReadUnaligned<long>(source + (long)index * 8);

    private static Half HalfAt(byte* source, int index) => BitConverter.UInt16BitsToHalf(Unsafe.ReadUnaligned<ushort>(source + (long)index * 2));

    private static void Put(byte* target, int index, Int128 value) => Unsafe.WriteUnaligned(target + (long)index * 16, value);

    private static long NanosOfDay(byte* source, int index) => Unsafe.ReadUnaligned<long>(source + (long)index * 12);

    private static long Day(byte* source, int index) => Unsafe.ReadUnaligned<int>(source + (long)index * 12 + 8) - JulianEpochDay;

    private static long FloorOver1000(long value) => value / 1000 - (value % 1000 < 0 ? 1 : 0);

    private static long Times(long value, long factor)
    {
        var high = Math.BigMul(value, factor, out var low);
        Damage.Unless(high == low >> 63, OutOfRange);
        return low;
    }

    private static long Add(long left, long right)
    {
        var sum = left + right;
        Damage.Unless(((left ^ sum) & (right ^ sum)) >= 0, OutOfRange);
        return sum;
    }
}
