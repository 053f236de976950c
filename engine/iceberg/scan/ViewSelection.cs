using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Views of structs with fewer fields than were read.</summary>
internal static class ViewSelection
{
    /// <summary>The part of a column that <paramref name="wanted"/> names: the same column unless it is a struct with other fields.</summary>
    internal static ColumnView Narrow(ColumnView column, Field wanted)
    {
        if (wanted.Type is not StructType inner || ReferenceEquals(column.Field, wanted) || column.Field.Type.Equals(wanted.Type)) return column;
        var children = inner.Fields.Select(f => Narrow(column.Children.First(c => c.Field.Id == f.Id), f)).ToArray();
        return ColumnView.Over(wanted, column.Length, column.MayHaveNulls, column.Validity, [], [], children);
    }
}
