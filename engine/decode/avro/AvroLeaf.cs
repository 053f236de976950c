using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using K2I.Avro;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>A value without parts.</summary>
internal sealed unsafe class AvroLeaf : AvroNode
{
    private const int UuidCharacters = 36;
    private const long MicrosPerDay = 86_400_000_000;

    private readonly AvroOp op;

    /// <summary>Of fixed: bytes.</summary>
    private readonly int size;
    private readonly bool isInt;

    /// <summary>Whole numbers, as written: what the column can have, both inclusive, and what to multiply by.</summary>
    private readonly long least = long.MinValue, most = long.MaxValue, factor = 1;

    /// <summary>Decimals: the first unscaled value that is too large.</summary>
    private readonly Int128 limit;
    private readonly byte[][] symbols = [];
    private ColumnBuilder column = null!;

    internal AvroLeaf(AvroType type, Field field, DecodeNode? parent) : base(field, parent)
    {
        var kind = field.Type.Kind;
        size = type.Size;
        isInt = type.Kind == AvroKind.Int;
        symbols = [.. type.Symbols.Select(Encoding.UTF8.GetBytes)];
        op = OpOf(type, kind);
        if (kind == TypeKind.Date) (least, most) = (TimeRange.FirstDay, TimeRange.LastDay);
        else if (IsTime(type, kind)) (least, most, factor) = TimesOf(type.Logical!, kind);
        if (isInt) (least, most) = (Math.Max(least, int.MinValue), Math.Min(most, int.MaxValue));
        if (kind == TypeKind.Decimal) limit = Digits.LargePower(((PrimitiveType)field.Type).Precision);
    }

    internal override AvroStep Step() => new(this, op, least, most, factor);

    internal override void Bind(ColumnBuilder column) => this.column = column;

    internal override byte* Read(byte* p, AvroPlan plan)
    {
        var at = p;
        long number;
        switch (op)
        {
            case AvroOp.Double:
                if (plan.End - p < 8) return plan.Truncated(at, this);
                column.AppendDouble(BinaryPrimitives.ReadDoubleLittleEndian(new(p, 8)));
                return p + 8;
            case AvroOp.Bool:
                if (p == plan.End) return plan.Truncated(at, this);
                if (*p > 1) return plan.Fail(DecodeStatus.Malformed, at, this, "a boolean that is neither 0 nor 1");
                column.AppendBool(*p == 1);
                return p + 1;
            case AvroOp.Float or AvroOp.FloatToDouble:
                if (plan.End - p < 4) return plan.Truncated(at, this);
                var single = BinaryPrimitives.ReadSingleLittleEndian(new(p, 4));
                if (op == AvroOp.Float) column.AppendFloat(single);
                else column.AppendDouble(single);
                return p + 4;
            case AvroOp.Fixed or AvroOp.FixedBytes or AvroOp.FixedDecimal or AvroOp.FixedUuidText:
                if (plan.End - p < size) return plan.Truncated(at, this);
                return Sized(new(p, size), at, plan) ? p + size : null;
            case AvroOp.Text or AvroOp.Bytes or AvroOp.Decimal or AvroOp.UuidText:
                if (!AvroNumber.TryRead(ref p, plan.End, out number)
                    || (ulong)number > (ulong)(plan.End - p)) return plan.Truncated(at, this);
                var bytes = new ReadOnlySpan<byte>(p, (int)number);
                if (op == AvroOp.Text && !Utf8.IsValid(bytes))
                    return plan.Fail(DecodeStatus.InvalidUtf8, p + Utf8Text.FirstInvalid(bytes), this);
                return Sized(bytes, at, plan) ? p + number : null;
            default:
                if (!AvroNumber.TryRead(ref p, plan.End, out number)) return plan.Truncated(at, this);
                if (isInt && number != (int)number) return plan.TooLong(at, this);
                return Number(number, at, plan) ? p : null;
        }
    }

    private static AvroOp OpOf(AvroType type, TypeKind column) => (type.Kind, column) switch
    {
        (AvroKind.Boolean, TypeKind.Boolean) => AvroOp.Bool,
        (AvroKind.Int, TypeKind.Int or TypeKind.Date) => AvroOp.Int,
        (AvroKind.Int or AvroKind.Long, TypeKind.Long) => AvroOp.Long,
        _ when IsTime(type, column) => TimesOf(type.Logical!, column).Factor > 0 ? AvroOp.Long : AvroOp.Thousandth,
        (AvroKind.Int or AvroKind.Long, TypeKind.Float) => AvroOp.WholeToFloat,
        (AvroKind.Int or AvroKind.Long, TypeKind.Double) => AvroOp.WholeToDouble,
        (AvroKind.Float, TypeKind.Float) => AvroOp.Float,
        (AvroKind.Float, TypeKind.Double) => AvroOp.FloatToDouble,
        (AvroKind.Double, TypeKind.Double) => AvroOp.Double,
        (AvroKind.String or AvroKind.Bytes, TypeKind.String) => AvroOp.Text,
        (AvroKind.String or AvroKind.Bytes, TypeKind.Binary) => AvroOp.Bytes,
        (AvroKind.Enum, TypeKind.String or TypeKind.Binary) => AvroOp.Enum,
        (AvroKind.Bytes, TypeKind.Decimal) => AvroOp.Decimal,
        (AvroKind.Fixed, TypeKind.Decimal) => AvroOp.FixedDecimal,
        (AvroKind.String, TypeKind.Uuid) => AvroOp.UuidText,
        (AvroKind.Fixed, TypeKind.Fixed or TypeKind.Uuid) => AvroOp.Fixed,
        (AvroKind.Fixed, TypeKind.Binary) => AvroOp.FixedBytes,
        (AvroKind.Fixed, TypeKind.String) => AvroOp.FixedUuidText,
        _ => throw new EngineException(ErrorKind.Invalid, $"Avro's {type} does not go into a column of {column}"),
    };

    private static bool IsTime(AvroType type, TypeKind column) => type.Logical is not null && (type.Kind, column) is
        (AvroKind.Int or AvroKind.Long, TypeKind.Time) or (AvroKind.Long, >= TypeKind.Timestamp and <= TypeKind.TimestampTzNs);

    /// <summary>Of times: what can be written, both inclusive, and what to multiply by; negative is what to divide by.</summary>
    private static (long Least, long Most, long Factor) TimesOf(string logical, TypeKind column)
    {
        var nanos = logical.EndsWith("millis", StringComparison.Ordinal) ? 1_000_000
            : logical.EndsWith("micros", StringComparison.Ordinal) ? 1_000 : 1;
        if (column is TypeKind.TimestampNs or TypeKind.TimestampTzNs) return (long.MinValue / nanos, long.MaxValue / nanos, nanos);
        var isOfDay = column == TypeKind.Time;
        if (nanos == 1) return isOfDay ? (0, (MicrosPerDay * 1_000) - 1, -1_000) : (long.MinValue, long.MaxValue, -1_000);
        var micros = nanos / 1_000;
        // Towards zero, and so inwards.
        return isOfDay ? (0, (MicrosPerDay - 1) / micros, micros) : (TimeRange.FirstMicro / micros, TimeRange.LastMicro / micros, micros);
    }

    private static long Floor(long number, long by) => (number / by) - (number % by < 0 ? 1 : 0);

    private bool Refuse(DecodeStatus status, byte* at, AvroPlan plan)
    {
        _ = plan.Fail(status, at, this);
        return false;
    }

    private bool Number(long number, byte* at, AvroPlan plan)
    {
        switch (op)
        {
            case AvroOp.Int or AvroOp.Long or AvroOp.Thousandth:
                if (number < least || number > most) return Refuse(DecodeStatus.Overflow, at, plan);
                if (op == AvroOp.Int) column.AppendInt((int)number);
                else column.AppendLong(op == AvroOp.Long ? number * factor : Floor(number, -factor));
                return true;
            case AvroOp.Enum:
                if ((ulong)number >= (ulong)symbols.Length) return Refuse(DecodeStatus.Malformed, at, plan);
                column.AppendBytes(symbols[number]);
                return true;
            case AvroOp.WholeToFloat:
                // Only what comes back: the largest long would, rounded up, not be one any more.
                if ((Int128)(double)(float)number != number) return Refuse(DecodeStatus.Inexact, at, plan);
                column.AppendFloat(number);
                return true;
            default:
                if ((Int128)(double)number != number) return Refuse(DecodeStatus.Inexact, at, plan);
                column.AppendDouble(number);
                return true;
        }
    }

    private bool Sized(ReadOnlySpan<byte> bytes, byte* at, AvroPlan plan)
    {
        switch (op)
        {
            case AvroOp.Fixed:
                column.AppendFixed(bytes);
                return true;
            case AvroOp.Text or AvroOp.Bytes or AvroOp.FixedBytes:
                column.AppendBytes(bytes);
                return true;
            case AvroOp.UuidText:
                fixed (byte* first = bytes)
                {
                    if (bytes.Length != UuidCharacters
                        || !UuidKernel.Read(first, out var uuid)) return Refuse(DecodeStatus.InvalidValue, at, plan);
                    column.AppendUuid(uuid);
                    return true;
                }
            case AvroOp.FixedUuidText:
                Span<byte> text = stackalloc byte[UuidCharacters];
                _ = new Guid(bytes, bigEndian: true).TryFormat(text, out _);
                column.AppendBytes(text);
                return true;
            default:
                return Decimal(bytes, at, plan);
        }
    }

    private bool Decimal(ReadOnlySpan<byte> bytes, byte* at, AvroPlan plan)
    {
        var sign = bytes.Length > 0 && (sbyte)bytes[0] < 0 ? (byte)0xFF : (byte)0;
        for (; bytes.Length > 16; bytes = bytes[1..])
            if (bytes[0] != sign || ((bytes[1] ^ sign) & 0x80) != 0) return Refuse(DecodeStatus.Overflow, at, plan);
        Int128 value = sign == 0 ? 0 : -1;
        foreach (var b in bytes) value = (value << 8) | b;
        if (value >= limit || value <= -limit) return Refuse(DecodeStatus.Overflow, at, plan);
        column.AppendDecimal(value);
        return true;
    }
}
