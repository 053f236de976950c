using System.Collections.Immutable;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>
/// How rows lie in files that compaction writes: those of one job are sorted together, whatever number of files they come to.
/// </summary>
/// <param name="Kind">By what.</param>
/// <param name="Columns">
/// Columns by their paths; none but for <see cref="RowOrderKind.Sorted"/> and <see cref="RowOrderKind.ZOrder"/>.
/// </param>
public sealed record RowOrder(RowOrderKind Kind, ImmutableArray<string> Columns)
{
    public static readonly RowOrder OfTable = new(RowOrderKind.Table, []);

    public static readonly RowOrder Unsorted = new(RowOrderKind.Unsorted, []);

    /// <summary>The sort order that stands for it; null where rows lie as they came, or in Z-order.</summary>
    internal SortOrder? SortOrderOf(TableMetadata table) => Kind switch
    {
        RowOrderKind.Table when !table.DefaultSortOrder.Fields.IsEmpty => table.DefaultSortOrder,
        RowOrderKind.Sorted =>
            new SortOrder(SortOrder.Unsorted.OrderId,
            [.. FieldsIn(table.CurrentSchema).Select(f => new SortField(f.Id, Transform.Identity, Descending: false, NullsLast: false))]),
        _ => null,
    };

    /// <summary>The columns that the schema has.</summary>
    internal IEnumerable<Field> FieldsIn(Schema schema) => Columns.Select(schema.FindByPath).OfType<Field>();

    public bool Equals(RowOrder? other) => other is not null && Kind == other.Kind
        && Columns.AsSpan().SequenceEqual(other.Columns.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Kind, Columns.Length);
}
