using System.Buffers;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>
/// Rows as one JSON array of objects, each on its line, as <see cref="RowJson"/> writes them. Without its end it is no JSON.
/// </summary>
public sealed class JsonRows(IBufferWriter<byte> output) : RowOutput(output)
{
    private readonly RowJson json = new();
    private bool any;

    public override void Begin(Schema schema) => Append("[\n"u8);

    public override int Write(Batch batch, ReadOnlySpan<Ordinal> rows, int maxBytes)
    {
        var start = Bytes;
        var count = 0;
        for (; count < rows.Length && Bytes - start < maxBytes; count++)
        {
            json.Clear();
            json.AppendLine(batch, rows[count]);
            if (any) Append(",\n"u8);
            Append(json.Written[..^1]);
            any = true;
        }
        return count;
    }

    public override void End() => Append(any ? "\n]\n"u8 : "]\n"u8);
}
