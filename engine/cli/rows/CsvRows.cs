using System.Text;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Cli.Rows;

/// <summary>Rows as CSV with a line of names first: nulls are empty, empty texts are <c>""</c>, structs, lists and maps are JSON. Source: RFC 4180, with line feeds alone.</summary>
internal sealed class CsvRows : IRowOutput
{
    private readonly TextWriter output;
    private readonly RowJson json = new();

    public CsvRows(Schema schema, TextWriter output)
    {
        this.output = output;
        output.Write(string.Join(',', schema.Fields.Select(f => Quoted(f.Name))));
        output.Write('\n');
    }

    public void Write(ScanBatch rows, int count)
    {
        for (var i = 0; i < count; i++)
        {
            for (var at = 0; at < rows.Batch.Columns.Length; at++)
            {
                if (at > 0) output.Write(',');
                output.Write(Text(rows.Batch.Columns[at], rows.Ordinal(i).Value));
            }
            output.Write('\n');
        }
    }

    public void Finish() => output.Flush();

    public void Dispose()
    {
    }

    private string Text(ColumnView column, int row)
    {
        if (column.IsNull(row)) return "";
        if (column.Field.Type.Kind == TypeKind.String) return column.Bytes(row).IsEmpty ? "\"\"" : Quoted(Encoding.UTF8.GetString(column.Bytes(row)));
        json.Clear();
        json.AppendValue(column, row);
        var text = Encoding.UTF8.GetString(json.Written);
        return Quoted(column.Field.Type is PrimitiveType ? text.Trim('"') : text);
    }

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") || (text.Length > 0 && (text[0] == ' ' || text[^1] == ' ')) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
