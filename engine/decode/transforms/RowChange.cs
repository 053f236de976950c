using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>A column that gets its value once the record was read.</summary>
internal abstract class RowChange(Field column, ImmutableArray<int> place)
{
    internal DecodeNode Node { get; } = new ColumnNode(column);

    internal ColumnBuilder Into { get; private set; } = null!;

    internal sealed class ColumnNode(Field column) : DecodeNode(column, null);

    /// <summary>Goes on with another batch.</summary>
    internal virtual void Bind(BatchBuilder front, BatchBuilder batch) => Into = RowFront.At(batch, place);

    /// <summary>Appends the value; false where the column is required and there is none.</summary>
    internal abstract bool TryApply();

    /// <summary>The builder of a front at a field's full name.</summary>
    internal static ColumnBuilder At(BatchBuilder front, string[] names)
    {
        var fields = front.Schema.Fields;
        ColumnBuilder? column = null;
        foreach (var name in names)
        {
            var i = 0;
            while (fields[i].Name != name) i++;
            column = column is null ? front.Column(i) : column.Child(i);
            fields = Schema.ChildrenOf(fields[i].Type);
        }
        return column!;
    }

    protected bool Null()
    {
        if (column.Required) return false;
        Into.AppendNull();
        return true;
    }
}
