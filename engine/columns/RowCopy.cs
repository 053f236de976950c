namespace K2I.Columns;

/// <summary>Copies values from one batch to the end of another, whose columns are of the same types. No allocation.</summary>
public static class RowCopy
{
    /// <summary>Appends one value of a column, with all that is below it.</summary>
    public static void Append(ColumnBuilder to, ColumnView from, int row)
    {
        if (from.IsNull(row))
        {
            to.AppendNull();
            return;
        }
        switch (from.Layout)
        {
            case ColumnLayout.Bits:
                to.AppendBool(from.Bit(row));
                break;
            case ColumnLayout.Bytes:
                to.AppendBytes(from.Bytes(row));
                break;
            case ColumnLayout.Fixed when from.Width == sizeof(int):
                to.AppendInt(from.Value<int>(row));
                break;
            case ColumnLayout.Fixed when from.Width == sizeof(long):
                to.AppendLong(from.Value<long>(row));
                break;
            case ColumnLayout.Fixed:
                to.AppendFixed(from.Bytes(row));
                break;
            case ColumnLayout.List:
                for (var i = from.Offsets[row]; i < from.Offsets[row + 1]; i++) Append(to.Child(0), from.Children[0], i);
                to.EndList();
                break;
            default:
                for (var i = 0; i < from.Children.Count; i++) Append(to.Child(i), from.Children[i], row);
                to.EndStruct();
                break;
        }
    }
}
