using Apache.Arrow.Ipc;
using K2I.Arrow;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Memory;

namespace K2I.Cli.Rows;

/// <summary>
/// Rows as an Arrow IPC stream: a schema, record batches, an end mark. Batches go out of the memory they were read into; where rows are
/// left out, the others are copied together first.
/// </summary>
internal sealed class ArrowRows : IRowOutput
{
    private readonly ArrowBridge bridge;
    private readonly RowGather gather;
    private readonly ArrowStreamWriter writer;
    private readonly Stream output;

    public ArrowRows(Schema schema, Stream output)
    {
        this.output = output;
        bridge = new(schema);
        gather = new(schema, MemoryTag.Scratch);
        writer = new(output, bridge.Schema, leaveOpen: true);
        writer.WriteStart();
    }

    public void Write(ScanBatch rows, int count)
    {
        var batch = rows.Selected is { } selected ? gather.Take(rows.Batch, selected.Span[..count]) : rows.Batch;
        using var wrapped = bridge.Wrap(batch, 0, count);
        writer.WriteRecordBatch(wrapped);
    }

    public void Finish()
    {
        writer.WriteEnd();
        output.Flush();
    }

    public void Dispose()
    {
        writer.Dispose();
        gather.Dispose();
    }
}
