using System.Buffers;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>Rows as JSON objects, one a line, as <see cref="RowJson"/> writes them.</summary>
public sealed class NdjsonRows(IBufferWriter<byte> output) : RowOutput(output)
{
    private readonly RowJson json = new();

    public override void Begin(Schema schema)
    {
    }

    public override int Write(Batch batch, ReadOnlySpan<Ordinal> rows, int maxBytes)
    {
        json.Clear();
        var count = 0;
        while (count < rows.Length && json.Written.Length < maxBytes) json.AppendLine(batch, rows[count++]);
        Append(json.Written);
        return count;
    }

    public override void End()
    {
    }
}
