using System.Text;
using K2I.Iceberg;

namespace K2I.Cli.Rows;

/// <summary>Rows as JSON, one object a line.</summary>
internal sealed class JsonRows(TextWriter output) : IRowOutput
{
    private readonly RowJson json = new();

    public void Write(ScanBatch rows, int count)
    {
        for (var i = 0; i < count; i++)
        {
            json.Clear();
            json.AppendLine(rows.Batch, rows.Ordinal(i));
            output.Write(Encoding.UTF8.GetString(json.Written));
        }
    }

    public void Finish() => output.Flush();

    public void Dispose()
    {
    }
}
