using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>A time of day, or a timestamp, into the column's unit.</summary>
internal sealed unsafe class AvroTime : AvroNode
{
    private const long MicrosPerDay = 86_400_000_000;

    private readonly TypeKind kind;

    /// <summary>What to multiply by; to divide by where it is negative, towards the past.</summary>
    private readonly long factor;
    private readonly bool isInt;
    private ColumnBuilder column = null!;

    internal AvroTime(AvroType type, Field field, DecodeNode? parent) : base(field, parent)
    {
        kind = field.Type.Kind;
        isInt = type.Kind == AvroKind.Int;
        factor = FactorOf(type.Logical!, kind is TypeKind.TimestampNs or TypeKind.TimestampTzNs);
    }

    internal override void Bind(ColumnBuilder column) => this.column = column;

    internal override byte* Read(byte* p, AvroPlan plan)
    {
        var at = p;
        if (!AvroNumber.TryRead(ref p, plan.End, out var number)) return plan.Truncated(at, this);
        if (isInt && number != (int)number) return plan.TooLong(at, this);
        long value;
        if (factor < 0) value = Floor(number, -factor);
        else if (Math.BigMul(number, factor, out value) != value >> 63) return plan.Fail(DecodeStatus.Overflow, at, this);
        var fits = kind switch
        {
            TypeKind.Time => (ulong)value < (ulong)MicrosPerDay,
            TypeKind.Timestamp or TypeKind.TimestampTz => TimeRange.Has(value),
            _ => true,
        };
        if (!fits) return plan.Fail(DecodeStatus.Overflow, at, this);
        column.AppendLong(value);
        return p;
    }

    private static long FactorOf(string logical, bool toNanos)
    {
        if (logical.EndsWith("millis", StringComparison.Ordinal)) return toNanos ? 1_000_000 : 1_000;
        if (logical.EndsWith("micros", StringComparison.Ordinal)) return toNanos ? 1_000 : 1;
        return toNanos ? 1 : -1_000;
    }

    private static long Floor(long number, long by) => (number / by) - (number % by < 0 ? 1 : 0);
}
