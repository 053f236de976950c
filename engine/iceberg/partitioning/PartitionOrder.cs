using System.Collections.Immutable;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>
/// Partitions of one spec in the order of their values, field by field, nulls first: what lies together in this order has narrow bounds.
/// </summary>
/// <param name="types">Of the spec's fields.</param>
internal sealed class PartitionOrder(ImmutableArray<DataType?> types) : IComparer<PartitionTuple>
{
    public int Compare(PartitionTuple? left, PartitionTuple? right)
    {
        for (var at = 0; at < types.Length; at++)
        {
            var (one, other) = (left![at], right![at]);
            var order = one is null || other is null ? (one is null ? 0 : 1) - (other is null ? 0 : 1)
                : types[at] is { } type ? SingleValue.Compare(type, one, other) : one.AsSpan().SequenceCompareTo(other);
            if (order != 0) return order;
        }
        return 0;
    }
}
