using System.Buffers;
using System.Text;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>
/// Rows as CSV with a line of names first: nulls are empty, empty texts are <c>""</c>, structs, lists and maps are JSON. Source: RFC 4180,
/// with line feeds alone.
/// </summary>
public sealed class CsvRows(IBufferWriter<byte> output) : RowOutput(output)
{
    private static readonly SearchValues<byte> Special = SearchValues.Create(",\"\r\n"u8);

    private readonly RowJson json = new();
    private readonly ArrayBufferWriter<byte> text = new(256);

    public override void Begin(Schema schema)
    {
        for (var i = 0; i < schema.Fields.Length; i++)
        {
            if (i > 0) Append(","u8);
            text.ResetWrittenCount();
            AppendQuoted(Encoding.UTF8.GetBytes(schema.Fields[i].Name));
            Append(text.WrittenSpan);
        }
        Append("\n"u8);
    }

    public override int Write(Batch batch, ReadOnlySpan<Ordinal> rows, int maxBytes)
    {
        text.ResetWrittenCount();
        var count = 0;
        for (; count < rows.Length && text.WrittenCount < maxBytes; count++)
        {
            for (var at = 0; at < batch.Columns.Length; at++)
            {
                if (at > 0) text.Write(","u8);
                AppendValue(batch.Columns[at], rows[count].Value);
            }
            text.Write("\n"u8);
        }
        Append(text.WrittenSpan);
        return count;
    }

    public override void End()
    {
    }

    private void AppendValue(ColumnView column, int row)
    {
        if (column.IsNull(row)) return;
        if (column.Field.Type.Kind == TypeKind.String)
        {
            var value = column.Bytes(row);
            if (value.IsEmpty) text.Write("\"\""u8);
            else AppendQuoted(value);
            return;
        }
        json.Clear();
        json.AppendValue(column, row);
        var written = json.Written;
        AppendQuoted(column.Field.Type is PrimitiveType && written[0] == '"' ? written[1..^1] : written);
    }

    private void AppendQuoted(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || (!value.ContainsAny(Special) && value[0] != ' ' && value[^1] != ' '))
        {
            text.Write(value);
            return;
        }
        text.Write("\""u8);
        for (var at = value.IndexOf((byte)'"'); at >= 0; at = value.IndexOf((byte)'"'))
        {
            text.Write(value[..at]);
            text.Write("\"\""u8);
            value = value[(at + 1)..];
        }
        text.Write(value);
        text.Write("\""u8);
    }
}
