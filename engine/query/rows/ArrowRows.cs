using System.Buffers;
using Apache.Arrow.Ipc;
using K2I.Arrow;
using K2I.Base;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Query;

/// <summary>
/// Rows as an Arrow IPC stream: a schema, record batches, an end mark. Rows that follow each other go out of the memory they lie in;
/// where some are left out, the others are copied together first.
/// </summary>
public sealed class ArrowRows : RowOutput
{
    private readonly Target target;
    private ArrowBridge? bridge;
    private RowGather? gather;
    private ArrowStreamWriter? writer;

    public ArrowRows(IBufferWriter<byte> output) : base(output) => target = new(this);

    public override void Begin(Schema schema)
    {
        bridge = new(schema);
        gather = new(schema, MemoryTag.Scratch);
        writer = new(target, bridge.Schema, leaveOpen: true);
        writer.WriteStart();
    }

    public override int Write(Batch batch, ReadOnlySpan<Ordinal> rows, int maxBytes)
    {
        var count = (int)Math.Clamp(maxBytes / Math.Max(1, RowBytes.Of(batch)), 1, rows.Length);
        var chosen = rows[..count];
        using var wrapped = FollowEachOther(chosen)
            ? bridge!.Wrap(batch, chosen[0].Value, chosen[0].Value + count)
            : bridge!.Wrap(gather!.Take(batch, chosen), 0, count);
        writer!.WriteRecordBatch(wrapped);
        return count;
    }

    public override void End() => writer!.WriteEnd();

    protected override void Dispose(bool disposing)
    {
        writer?.Dispose();
        gather?.Dispose();
        target.Dispose();
        base.Dispose(disposing);
    }

    private static bool FollowEachOther(ReadOnlySpan<Ordinal> rows)
    {
        var first = rows[0].Value;
        if (rows[^1].Value - first != rows.Length - 1) return false;
        for (var i = 1; i < rows.Length; i++)
            if (rows[i].Value != first + i) return false;
        return true;
    }

    /// <summary>The output as Apache Arrow asks for it.</summary>
    private sealed class Target(ArrowRows rows) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => rows.Append(buffer);
    }
}
