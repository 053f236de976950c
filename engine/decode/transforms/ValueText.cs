using System.Globalization;
using System.Runtime.InteropServices;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Values apart as text: as JSON writes them, without quotes. No allocation.</summary>
internal static class ValueText
{
    /// <summary>The longest text of a value of fixed size.</summary>
    internal const int MostBytes = 64;

    private const long NanosPerMicro = 1_000;

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    internal static bool IsFinite(ColumnBuilder value) => value.Field.Type.Kind == TypeKind.Float
        ? float.IsFinite(MemoryMarshal.Read<float>(value.One)) : double.IsFinite(MemoryMarshal.Read<double>(value.One));

    /// <summary>Of a type of fixed size, but for fixed bytes; written into <paramref name="room"/>, of <see cref="MostBytes"/>.</summary>
    internal static ReadOnlySpan<byte> Of(ColumnBuilder value, Span<byte> room)
    {
        var one = value.One;
        var type = (PrimitiveType)value.Field.Type;
        var bytes = 0;
        switch (type.Kind)
        {
            case TypeKind.Boolean:
                return (one[0] & 1) != 0 ? "true"u8 : "false"u8;
            case TypeKind.Int:
                MemoryMarshal.Read<int>(one).TryFormat(room, out bytes, default, Plain);
                break;
            case TypeKind.Long:
                MemoryMarshal.Read<long>(one).TryFormat(room, out bytes, default, Plain);
                break;
            case TypeKind.Float:
                MemoryMarshal.Read<float>(one).TryFormat(room, out bytes, "R", Plain);
                break;
            case TypeKind.Double:
                MemoryMarshal.Read<double>(one).TryFormat(room, out bytes, "R", Plain);
                break;
            case TypeKind.Decimal:
                bytes = Decimal(MemoryMarshal.Read<Int128>(one), type.Scale, room);
                break;
            case TypeKind.Date:
                DateTime.UnixEpoch.AddDays(MemoryMarshal.Read<int>(one)).TryFormat(room, out bytes, "yyyy-MM-dd", Plain);
                break;
            case TypeKind.Time:
                new DateTime(MemoryMarshal.Read<long>(one) * TimeSpan.TicksPerMicrosecond)
                    .TryFormat(room, out bytes, "HH:mm:ss.ffffff", Plain);
                break;
            case TypeKind.Uuid:
                new Guid(one, bigEndian: true).TryFormat(room, out bytes);
                break;
            default:
                bytes = Timestamp(MemoryMarshal.Read<long>(one), type.Kind, room);
                break;
        }
        return room[..bytes];
    }

    private static int Decimal(Int128 unscaled, int scale, Span<byte> room)
    {
        Span<byte> digits = stackalloc byte[MostBytes];
        UInt128 size = unscaled < 0 ? (UInt128)(-unscaled) : (UInt128)unscaled;
        size.TryFormat(digits, out var count, default, Plain);
        var bytes = 0;
        if (unscaled < 0) room[bytes++] = (byte)'-';
        for (var place = Math.Max(count, scale + 1); place > 0; place--)
        {
            if (place == scale) room[bytes++] = (byte)'.';
            room[bytes++] = place > count ? (byte)'0' : digits[count - place];
        }
        return bytes;
    }

    private static int Timestamp(long value, TypeKind kind, Span<byte> room)
    {
        var isNanos = kind is TypeKind.TimestampNs or TypeKind.TimestampTzNs;
        var micros = isNanos ? Math.DivRem(value - Floor(value), NanosPerMicro).Quotient : value;
        new DateTime(DateTime.UnixEpoch.Ticks + (micros * TimeSpan.TicksPerMicrosecond))
            .TryFormat(room, out var bytes, "yyyy-MM-ddTHH:mm:ss.ffffff", Plain);
        if (isNanos)
        {
            Floor(value).TryFormat(room[bytes..], out var nanos, "000", Plain);
            bytes += nanos;
        }
        if (kind is TypeKind.TimestampTz or TypeKind.TimestampTzNs) room[bytes++] = (byte)'Z';
        return bytes;
    }

    /// <summary>The nanoseconds of a microsecond, never below zero.</summary>
    private static long Floor(long nanos) => ((nanos % NanosPerMicro) + NanosPerMicro) % NanosPerMicro;
}
