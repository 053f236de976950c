using System.Collections.Immutable;

using K2I.Base;
using K2I.Columns;
using K2I.Parquet;

namespace K2I.Iceberg;

/// <summary>A predicate on a column of one schema: its values in the column's type, ready to be asked of rows, bounds and partitions.</summary>
public sealed class BoundPredicate
{
    /// <summary>A list of more values than this is not looked up in Bloom filters.</summary>
    private const int MostProbed = 16;

    private readonly PrimitiveType type;
    private readonly ImmutableArray<byte[]> values;
    private readonly bool negated;
    private readonly bool nullsToo;

    /// <summary>What to ask of bounds: the operator, or its opposite; null where bounds tell nothing.</summary>
    private readonly ScanOperator? asked;

    /// <param name="predicate">What is asked.</param>
    /// <param name="schema">Has the column.</param>
    /// <param name="negated">Met where the predicate is false.</param>
    /// <param name="nullsToo">Met also where it is neither.</param>
    internal BoundPredicate(ScanPredicate predicate, Schema schema, bool negated = false, bool nullsToo = false)
    {
        Operator = predicate.Operator;
        this.negated = negated;
        this.nullsToo = nullsToo;
        Field = schema.FindByPath(predicate.Column) ?? throw new EngineException(ErrorKind.NotFound, $"there is no column '{predicate.Column}'");
        if (!Reaches(schema.Struct, Field.Id)) throw new EngineException(ErrorKind.Unsupported, $"column '{predicate.Column}' is inside a list or map and cannot be filtered by");
        var nullTest = Operator is ScanOperator.IsNull or ScanOperator.IsNotNull;
        if (Field.Type is not PrimitiveType type)
        {
            if (!nullTest) throw new EngineException(ErrorKind.Unsupported, $"column '{predicate.Column}' of type {Field.Type} can only be compared with null");
            type = PrimitiveType.Boolean;
        }
        if (Operator is ScanOperator.IsNaN or ScanOperator.IsNotNaN && type.Kind is not (TypeKind.Float or TypeKind.Double)) throw new EngineException(ErrorKind.Invalid, $"column '{predicate.Column}' of type {type} is never NaN");
        if (Operator == ScanOperator.StartsWith && type.Kind != TypeKind.String) throw new EngineException(ErrorKind.Invalid, $"column '{predicate.Column}' of type {type} is no text");
        this.type = type;
        asked = negated ? Opposite(Operator) : Operator;
        values = [.. predicate.Values.Select(v => ColumnValue.SingleFromText(type, v, $"filter on column '{predicate.Column}'"))];
    }

    public Field Field { get; }

    public ScanOperator Operator { get; }

    /// <summary>Met where the operator is false of a value; null is neither, but for the tests of it.</summary>
    public bool IsNegated => negated;

    /// <summary>What is compared with, each a <see cref="SingleValue"/> of the field's type.</summary>
    public ImmutableArray<byte[]> Values => values;

    /// <summary>Whether a row meets the condition, by its value in column layout.</summary>
    internal bool Matches(ColumnView column, int row)
    {
        if (Operator is ScanOperator.IsNull or ScanOperator.IsNotNull) return column.IsNull(row) == (Operator == ScanOperator.IsNull) != negated;
        if (column.IsNull(row)) return nullsToo;
        return IsTrue(column, row) != negated;
    }

    private bool IsTrue(ColumnView column, int row)
    {
        var value = column.Layout == ColumnLayout.Bits ? (column.Bit(row) ? [1] : [0]) : column.Bytes(row);
        var nan = SingleValue.IsNaN(type, value);
        switch (Operator)
        {
            case ScanOperator.IsNaN:
                return nan;
            case ScanOperator.IsNotNaN:
                return !nan;
            case ScanOperator.StartsWith:
                return value.StartsWith(values[0]);
            case ScanOperator.In or ScanOperator.NotIn:
                var found = false;
                foreach (var one in values) found |= !nan && CompareStored(value, one) == 0;
                return found == (Operator == ScanOperator.In);
            default:
                return nan || SingleValue.IsNaN(type, values[0]) ? Operator == ScanOperator.NotEqual : Holds(CompareStored(value, values[0]));
        }
    }

    /// <summary>Whether rows whose values lie within the bounds (<see cref="SingleValue"/>s; null: not known) can meet the condition.</summary>
    internal bool MayMatch(byte[]? lower, byte[]? upper, bool mayBeNull, bool mayBeValue)
    {
        (lower, upper) = (OfType(lower), OfType(upper));
        if (asked == ScanOperator.IsNull) return mayBeNull;
        if (nullsToo && mayBeNull && asked != ScanOperator.IsNotNull) return true;
        if (!mayBeValue) return false;
        switch (asked)
        {
            case ScanOperator.NotEqual or ScanOperator.NotIn when !IsFloat && lower is not null && upper is not null && Compare(lower, upper) == 0:
                foreach (var value in values)
                    if (Compare(lower, value) == 0) return false;
                return true;
            case ScanOperator.Equal or ScanOperator.In:
                foreach (var value in values)
                    if ((lower is null || Compare(lower, value) <= 0) && (upper is null || Compare(upper, value) >= 0)) return true;
                return false;
            case ScanOperator.Less:
                return lower is null || Compare(lower, values[0]) < 0;
            case ScanOperator.LessOrEqual:
                return lower is null || Compare(lower, values[0]) <= 0;
            case ScanOperator.Greater:
                return upper is null || Compare(upper, values[0]) > 0;
            case ScanOperator.GreaterOrEqual:
                return upper is null || Compare(upper, values[0]) >= 0;
            case ScanOperator.StartsWith:
                var prefix = values[0].AsSpan();
                if (upper is not null && upper.AsSpan().SequenceCompareTo(prefix) < 0) return false;
                return lower is null || lower.AsSpan(0, Math.Min(lower.Length, prefix.Length)).SequenceCompareTo(prefix) <= 0;
            default:
                return true;
        }
    }

    /// <summary>Whether a row group's Bloom filter leaves it possible that one of the values looked for is there.</summary>
    internal bool MayBeIn(RowGroupStatistics group)
    {
        if (asked is not (ScanOperator.Equal or ScanOperator.In) || nullsToo || values.Length > MostProbed) return true;
        foreach (var value in values)
            if (group.MayContain(Field.Id, ColumnValue.FromSingle(type, value))) return true;
        return false;
    }

    /// <summary>Whether rows of partitions between two values of a transform of the column can meet the condition.</summary>
    internal bool MayMatchPartitions(Transform transform, DataType result, byte[]? lower, byte[]? upper, bool mayBeNull, bool mayBeValue)
    {
        if (transform.Kind is TransformKind.Void or TransformKind.Unknown) return true;
        if (transform.Kind == TransformKind.Identity) return MayMatch(lower, upper, mayBeNull, mayBeValue);
        if (asked == ScanOperator.IsNull) return mayBeNull;
        if (nullsToo && mayBeNull && asked != ScanOperator.IsNotNull) return true;
        if (!mayBeValue) return false;
        if (lower is null || upper is null || !transform.Accepts(type)) return true;
        var bucket = transform.Kind == TransformKind.Bucket;
        switch (asked)
        {
            case ScanOperator.Equal or ScanOperator.In:
                foreach (var value in values)
                {
                    var (low, high) = Range(transform, result, value);
                    if (SingleValue.Compare(result, lower, high) <= 0 && SingleValue.Compare(result, upper, low) >= 0) return true;
                }
                return false;
            case ScanOperator.Less or ScanOperator.LessOrEqual when !bucket:
                return SingleValue.Compare(result, lower, Range(transform, result, asked == ScanOperator.Less ? Neighbour(-1) : values[0]).High) <= 0;
            case ScanOperator.Greater or ScanOperator.GreaterOrEqual when !bucket:
                return SingleValue.Compare(result, upper, Range(transform, result, asked == ScanOperator.Greater ? Neighbour(1) : values[0]).Low) >= 0;
            default:
                return true;
        }
    }

    /// <summary>A bound that was written while the column held dates; null where no time of the type is that early or late.</summary>
    private byte[]? OfType(byte[]? bound)
    {
        if (bound is not { Length: sizeof(int) } || type.Kind is not (TypeKind.Timestamp or TypeKind.TimestampNs)) return bound;
        var perDay = 86_400_000_000 * (type.Kind == TypeKind.Timestamp ? 1 : 1000);
        var days = SingleValue.ToLong(bound);
        return Math.Abs(days) <= long.MaxValue / perDay ? SingleValue.OfLong(days * perDay) : null;
    }

    private bool IsFloat => type.Kind is TypeKind.Float or TypeKind.Double;

    /// <summary>NaNs are neither less nor greater: of columns that may hold some, bounds do not tell who fails a comparison.</summary>
    private ScanOperator? Opposite(ScanOperator one) => one switch
    {
        ScanOperator.IsNull => ScanOperator.IsNotNull,
        ScanOperator.IsNotNull => ScanOperator.IsNull,
        _ when IsFloat => null,
        ScanOperator.Equal => ScanOperator.NotEqual,
        ScanOperator.NotEqual => ScanOperator.Equal,
        ScanOperator.Less => ScanOperator.GreaterOrEqual,
        ScanOperator.LessOrEqual => ScanOperator.Greater,
        ScanOperator.Greater => ScanOperator.LessOrEqual,
        ScanOperator.GreaterOrEqual => ScanOperator.Less,
        ScanOperator.In => ScanOperator.NotIn,
        ScanOperator.NotIn => ScanOperator.In,
        _ => null,
    };

    /// <summary>The value before or after the one compared with, where the type has such; else that one.</summary>
    private byte[] Neighbour(int step)
    {
        if (type.Kind is not (TypeKind.Int or TypeKind.Date or TypeKind.Long or TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs)) return values[0];
        var value = SingleValue.ToLong(values[0]);
        var narrow = type.Kind is TypeKind.Int or TypeKind.Date;
        if (value == (narrow ? (step < 0 ? int.MinValue : int.MaxValue) : (step < 0 ? long.MinValue : long.MaxValue))) return values[0];
        return narrow ? SingleValue.OfInt((int)value + step) : SingleValue.OfLong(value + step);
    }

    /// <summary>What a value's partition can be. Old writers rounded times before 1970 up, so there are two.</summary>
    private (byte[] Low, byte[] High) Range(Transform transform, DataType result, byte[] value)
    {
        var exact = TransformFunctions.Apply(transform, type, value)!;
        var time = transform.Kind is TransformKind.Year or TransformKind.Month or TransformKind.Day or TransformKind.Hour;
        if (!time || SingleValue.ToLong(exact) >= 0 || result.Kind is not (TypeKind.Int or TypeKind.Date)) return (exact, exact);
        return (exact, SingleValue.OfInt((int)SingleValue.ToLong(exact) + 1));
    }

    private bool Holds(int order) => Operator switch
    {
        ScanOperator.Equal => order == 0,
        ScanOperator.NotEqual => order != 0,
        ScanOperator.Less => order < 0,
        ScanOperator.LessOrEqual => order <= 0,
        ScanOperator.Greater => order > 0,
        _ => order >= 0,
    };

    /// <summary>Compares a column's value with one of ours.</summary>
    private int CompareStored(ReadOnlySpan<byte> stored, byte[] value) => type.Kind == TypeKind.Decimal
        ? System.Buffers.Binary.BinaryPrimitives.ReadInt128LittleEndian(stored).CompareTo(SingleValue.ToDecimal(value))
        : Compare(stored, value);

    /// <summary>By value: the zeros are equal.</summary>
    private int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        IsFloat ? SingleValue.ToDouble(left).CompareTo(SingleValue.ToDouble(right)) : SingleValue.Compare(type, left, right);

    private static bool Reaches(StructType type, int id) => type.Fields.Any(f => f.Id == id || f.Type is StructType inner && Reaches(inner, id));
}
