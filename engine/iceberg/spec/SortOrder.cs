using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>How rows within data files are ordered. Id 0 is the order without fields.</summary>
public sealed record SortOrder(int OrderId, ImmutableArray<SortField> Fields)
{
    public static readonly SortOrder Unsorted = new(0, []);

    public bool Equals(SortOrder? other) => other is not null && OrderId == other.OrderId && Fields.AsSpan().SequenceEqual(other.Fields.AsSpan());

    public override int GetHashCode() => HashCode.Combine(OrderId, Fields.Length);
}
