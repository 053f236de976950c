using System.Collections.Immutable;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>The values of a spec's fields for one partition, each null or a <see cref="SingleValue"/>. Equal if every value is the same bytes; NaNs are made one.</summary>
public sealed class PartitionTuple : IEquatable<PartitionTuple>
{
    public static readonly PartitionTuple Empty = new([]);

    private readonly ImmutableArray<byte[]?> values;
    private readonly int hash;

    public PartitionTuple(ImmutableArray<byte[]?> values)
    {
        this.values = values;
        var hash = new HashCode();
        foreach (var value in values)
        {
            if (value is null) hash.Add(-1);
            else hash.AddBytes(value);
        }
        this.hash = hash.ToHashCode();
    }

    public int Length => values.Length;

    /// <summary>The value at a field's place in the spec; null for a null. Not to be changed.</summary>
    public byte[]? this[int at] => values[at];

    public bool Equals(PartitionTuple? other)
    {
        if (other is null || other.hash != hash || other.Length != Length) return false;
        for (var at = 0; at < Length; at++)
        {
            var (mine, its) = (values[at], other.values[at]);
            if (mine is null != its is null || !mine.AsSpan().SequenceEqual(its)) return false;
        }
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as PartitionTuple);

    public override int GetHashCode() => hash;

    /// <summary>The bytes that stand for a value in a tuple: NaNs of any kind become one.</summary>
    internal static byte[] Canonical(DataType type, byte[] value)
    {
        if (!SingleValue.IsNaN(type, value)) return value;
        return type.Kind == TypeKind.Float ? SingleValue.OfInt(BitConverter.SingleToInt32Bits(float.NaN) & int.MaxValue) : SingleValue.OfLong(BitConverter.DoubleToInt64Bits(double.NaN) & long.MaxValue);
    }
}
