using System.Numerics;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>
/// Which kernel tests a predicate's values. It says what <see cref="BoundPredicate"/> says of them, for the tests of null as well.
/// </summary>
internal static class Kernels
{
    /// <summary>Of a longer list each text is looked up, which takes more for the first and less for each.</summary>
    private const int MostPatterns = 8;

    /// <summary>Decimals of so many digits are numbers of 8 bytes, whatever their place.</summary>
    private const int MostDigitsOfLong = 18;

    internal static ColumnKernel For(BoundPredicate predicate)
    {
        var negated = predicate.IsNegated;
        if (predicate.Operator is ScanOperator.IsNull or ScanOperator.IsNotNull)
            return new ConstantKernel(predicate.Operator == ScanOperator.IsNotNull != negated);
        switch (predicate.Field.Type.Kind)
        {
            case TypeKind.Boolean:
                return Of(predicate, SingleValues<byte>(predicate, v => v[0]));
            case TypeKind.Int or TypeKind.Date:
                return Of(predicate, SingleValues(predicate, v => (int)SingleValue.ToLong(v)));
            case TypeKind.Float:
                return Of(predicate, SingleValues(predicate, v => (float)SingleValue.ToDouble(v)));
            case TypeKind.Double:
                return Of(predicate, SingleValues(predicate, v => SingleValue.ToDouble(v)));
            case TypeKind.Decimal:
                var decimals = SingleValues(predicate, v => SingleValue.ToDecimal(v));
                if (IsSet(predicate.Operator)) return SetOf(predicate, decimals);
                return IsOfLongs(predicate.Field.Type) && decimals[0] == (long)decimals[0]
                    ? Of(predicate, [(long)decimals[0]], stride: 2)
                    : new DecimalKernel(predicate.Operator, decimals[0], negated);
            case TypeKind.String or TypeKind.Binary or TypeKind.Uuid or TypeKind.Fixed:
                return OfBytes(predicate);
            default:
                return Of(predicate, SingleValues(predicate, v => SingleValue.ToLong(v)));
        }
    }

    private static T[] SingleValues<T>(BoundPredicate predicate, Func<byte[], T> read) => [.. predicate.Values.Select(read)];

    private static bool IsOfLongs(DataType type) => type is PrimitiveType { Precision: <= MostDigitsOfLong };

    private static bool IsSet(ScanOperator comparison) => comparison is ScanOperator.In or ScanOperator.NotIn;

    private static BooleanKernel Of(BoundPredicate predicate, byte[] values)
    {
        bool Passes(byte value) => IsSet(predicate.Operator)
            ? values.Contains(value) == (predicate.Operator == ScanOperator.In)
            : Comparisons.Holds(predicate.Operator, value.CompareTo(values[0]));
        return new(Passes(0) != predicate.IsNegated, Passes(1) != predicate.IsNegated);
    }

    private static ColumnKernel Of<T>(BoundPredicate predicate, T[] values, int stride = 1) where T : unmanaged, INumber<T>
    {
        var negated = predicate.IsNegated;
        return predicate.Operator switch
        {
            ScanOperator.Equal => new NumberKernel<T, NumberTests.Equal<T>>(values[0], negated, stride),
            ScanOperator.NotEqual => new NumberKernel<T, NumberTests.Equal<T>>(values[0], !negated, stride),
            ScanOperator.Less => new NumberKernel<T, NumberTests.Less<T>>(values[0], negated, stride),
            ScanOperator.LessOrEqual => new NumberKernel<T, NumberTests.LessOrEqual<T>>(values[0], negated, stride),
            ScanOperator.Greater => new NumberKernel<T, NumberTests.Greater<T>>(values[0], negated, stride),
            ScanOperator.GreaterOrEqual => new NumberKernel<T, NumberTests.GreaterOrEqual<T>>(values[0], negated, stride),
            ScanOperator.IsNaN => new NumberKernel<T, NumberTests.NaN<T>>(T.Zero, negated, stride),
            ScanOperator.IsNotNaN => new NumberKernel<T, NumberTests.NaN<T>>(T.Zero, !negated, stride),
            _ => SetOf(predicate, values),
        };
    }

    private static NumberSetKernel<T> SetOf<T>(BoundPredicate predicate, T[] values) where T : unmanaged, INumber<T> =>
        new([.. values.Where(v => !T.IsNaN(v)).Order()], predicate.IsNegated != (predicate.Operator == ScanOperator.NotIn));

    private static ColumnKernel OfBytes(BoundPredicate predicate)
    {
        var values = predicate.Values;
        var negated = predicate.IsNegated != (predicate.Operator is ScanOperator.NotEqual or ScanOperator.NotIn);
        var isShort = predicate.Field.Type.Kind is TypeKind.String or TypeKind.Binary && values.Length <= MostPatterns;
        switch (predicate.Operator)
        {
            case ScanOperator.StartsWith:
                return new TextKernel([new([values[0]], isPrefix: true)], negated);
            case ScanOperator.Equal or ScanOperator.NotEqual or ScanOperator.In or ScanOperator.NotIn when isShort:
                return new TextKernel([.. values.GroupBy(v => v.Length).Select(v => new TextPattern([.. v], isPrefix: false))], negated);
            case ScanOperator.Equal or ScanOperator.NotEqual or ScanOperator.In or ScanOperator.NotIn:
                return new BytesSetKernel([.. values.Order(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))], negated);
            default:
                return new BytesKernel(predicate.Operator, values[0], negated);
        }
    }
}
