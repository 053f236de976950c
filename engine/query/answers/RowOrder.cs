using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Query;

/// <summary>Compares rows by some of their columns: see <see cref="OrderBy"/>. Any thread.</summary>
internal sealed class RowOrder
{
    private readonly (int[] Path, TypeKind Kind, bool Descending)[] keys;

    /// <param name="order">Columns of the schema, by path.</param>
    /// <param name="schema">Of the rows.</param>
    internal RowOrder(ImmutableArray<OrderBy> order, Schema schema) => keys = [.. order.Select(o => KeyOf(o, schema))];

    /// <summary>Below 0 where the row comes before the other.</summary>
    internal int Compare(Batch batch, int row, Batch other, int otherRow)
    {
        foreach (var (path, kind, descending) in keys)
        {
            var column = At(batch, path, row);
            var otherColumn = At(other, path, otherRow);
            if (column is null || otherColumn is null)
            {
                if (column is null && otherColumn is null) continue;
                return column is null ? 1 : -1;
            }
            var order = Compare(kind, column, row, otherColumn, otherRow);
            if (order != 0) return descending ? -order : order;
        }
        return 0;
    }

    private static int Compare(TypeKind kind, ColumnView column, int row, ColumnView other, int otherRow) => kind switch
    {
        TypeKind.Boolean => column.Bit(row).CompareTo(other.Bit(otherRow)),
        TypeKind.Int or TypeKind.Date => column.Value<int>(row).CompareTo(other.Value<int>(otherRow)),
        TypeKind.Float => CompareNumbers(column.Value<float>(row), other.Value<float>(otherRow)),
        TypeKind.Double => CompareNumbers(column.Value<double>(row), other.Value<double>(otherRow)),
        TypeKind.Decimal => column.Value<Int128>(row).CompareTo(other.Value<Int128>(otherRow)),
        TypeKind.String or TypeKind.Binary or TypeKind.Uuid or TypeKind.Fixed => column.Bytes(row).SequenceCompareTo(other.Bytes(otherRow)),
        _ => column.Value<long>(row).CompareTo(other.Value<long>(otherRow)),
    };

    /// <summary>NaN is above all others.</summary>
    private static int CompareNumbers(double one, double other) =>
        double.IsNaN(one) || double.IsNaN(other) ? double.IsNaN(one).CompareTo(double.IsNaN(other)) : one.CompareTo(other);

    /// <summary>Null where the value is.</summary>
    private static ColumnView? At(Batch batch, int[] path, int row)
    {
        var column = batch.Columns[path[0]];
        for (var i = 1; !column.IsNull(row); i++)
        {
            if (i == path.Length) return column;
            column = column.Children[path[i]];
        }
        return null;
    }

    private static (int[] Path, TypeKind Kind, bool Descending) KeyOf(OrderBy key, Schema schema)
    {
        var way = schema.FieldsTo(key.Column);
        if (way.Count == 0) throw new QueryException(QueryFault.BadQuestion, $"there is no column '{key.Column}' to put rows in order by");
        if (way[^1].Type is not PrimitiveType type || way.Take(way.Count - 1).Any(f => f.Type is not StructType))
        {
            throw new QueryException(
                QueryFault.BadQuestion, $"rows cannot be put in order by column '{key.Column}' of type {way[^1].Type}");
        }
        var path = new int[way.Count];
        var among = schema.Fields;
        for (var i = 0; i < path.Length; i++)
        {
            path[i] = among.IndexOf(way[i]);
            among = (way[i].Type as StructType)?.Fields ?? [];
        }
        return (path, type.Kind, key.Descending);
    }
}
