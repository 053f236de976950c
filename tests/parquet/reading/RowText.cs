using System.Globalization;
using System.Text;
using K2I.Columns;

namespace K2I.Parquet.Tests;

/// <summary>Rows as text that any reader can write the same way: floats by their bits, times as counts, bytes as hex.</summary>
internal static class RowText
{
    internal static string Of(Batch batch, int row)
    {
        var text = new StringBuilder();
        for (var i = 0; i < batch.Columns.Length; i++)
        {
            if (i > 0) text.Append('|');
            Append(text, batch.Columns[i], row);
        }
        return text.ToString();
    }

    internal static List<string> All(ParquetReader reader)
    {
        var rows = new List<string>();
        while (reader.TryRead(out var batch))
            for (var row = 0; row < batch.Rows; row++) rows.Add(Of(batch, row));
        return rows;
    }

    private static void Append(StringBuilder text, ColumnView column, int at)
    {
        if (column.IsNull(at))
        {
            text.Append("null");
            return;
        }
        switch (column.Field.Type.Kind)
        {
            case TypeKind.Boolean:
                text.Append(column.Bit(at) ? "true" : "false");
                break;
            case TypeKind.Int or TypeKind.Date:
                text.Append(CultureInfo.InvariantCulture, $"{column.Value<int>(at)}");
                break;
            case TypeKind.Float:
                text.Append(CultureInfo.InvariantCulture, $"f{column.Value<int>(at):x8}");
                break;
            case TypeKind.Double:
                text.Append(CultureInfo.InvariantCulture, $"d{column.Value<long>(at):x16}");
                break;
            case TypeKind.Decimal:
                text.Append(CultureInfo.InvariantCulture, $"{column.Value<Int128>(at)}");
                break;
            case TypeKind.String or TypeKind.Binary or TypeKind.Fixed or TypeKind.Uuid:
                text.Append('x').Append(Convert.ToHexStringLower(column.Bytes(at)));
                break;
            case TypeKind.Struct:
                text.Append('{');
                for (var i = 0; i < column.Children.Count; i++)
                {
                    if (i > 0) text.Append(',');
                    Append(text, column.Children[i], at);
                }
                text.Append('}');
                break;
            case TypeKind.List or TypeKind.Map:
                text.Append('[');
                for (var i = column.Offsets[at]; i < column.Offsets[at + 1]; i++)
                {
                    if (i > column.Offsets[at]) text.Append(',');
                    Append(text, column.Children[0], i);
                }
                text.Append(']');
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"{column.Value<long>(at)}");
                break;
        }
    }
}
