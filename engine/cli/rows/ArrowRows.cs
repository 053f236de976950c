using System.Buffers;
using System.Buffers.Binary;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Cli.Rows;

/// <summary>Rows as an Arrow IPC stream: a schema, record batches, an end mark. Source: Arrow columnar format, "IPC Streaming Format".</summary>
internal sealed class ArrowRows : IRowOutput
{
    private const byte RecordBatchHeader = 3;

    private readonly Stream output;
    private readonly ArrayBufferWriter<byte> body = new(1 << 16);
    private readonly List<(long Length, long Nulls)> nodes = [];
    private readonly List<(long Offset, long Length)> buffers = [];

    public ArrowRows(Schema schema, Stream output)
    {
        this.output = output;
        Message(ArrowSchema.Message(schema));
    }

    public void Write(ScanBatch rows, int count)
    {
        var ordinals = new int[count];
        for (var i = 0; i < count; i++) ordinals[i] = rows.Ordinal(i);
        body.ResetWrittenCount();
        nodes.Clear();
        buffers.Clear();
        foreach (var column in rows.Batch.Columns) Column(column, ordinals);

        var flat = new FlatBuffer();
        var places = flat.Vector(buffers);
        var lengths = flat.Vector(nodes);
        flat.StartTable(4);
        flat.Long(0, count);
        flat.Reference(1, lengths);
        flat.Reference(2, places);
        Message(ArrowSchema.Message(flat, RecordBatchHeader, flat.EndTable(), body.WrittenCount));
        output.Write(body.WrittenSpan);
    }

    public void Finish()
    {
        output.Write([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]);
        output.Flush();
    }

    private void Message(byte[] message)
    {
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(prefix, uint.MaxValue);
        BinaryPrimitives.WriteInt32LittleEndian(prefix[4..], message.Length);
        output.Write(prefix);
        output.Write(message);
    }

    /// <summary>Copies the chosen values of a column, then those below it.</summary>
    private void Column(ColumnView column, int[] at)
    {
        var nulls = 0;
        foreach (var i in at) nulls += column.IsNull(i) ? 1 : 0;
        nodes.Add((at.Length, nulls));
        if (nulls == 0) buffers.Add((body.WrittenCount, 0));
        else Bits(at, i => !column.IsNull(i));
        switch (column.Layout)
        {
            case ColumnLayout.Bits:
                Bits(at, column.Bit);
                break;
            case ColumnLayout.Fixed:
                var into = body.GetSpan(at.Length * column.Width + 8);
                for (var i = 0; i < at.Length; i++) column.Bytes(at[i]).CopyTo(into[(i * column.Width)..]);
                Buffer(at.Length * column.Width);
                break;
            case ColumnLayout.Bytes:
                Offsets(at, i => column.Bytes(i).Length);
                var start = body.WrittenCount;
                foreach (var i in at) body.Write(column.Bytes(i));
                End(start);
                break;
            case ColumnLayout.List:
                Offsets(at, i => column.Offsets[i + 1] - column.Offsets[i]);
                Column(column.Children[0], [.. at.SelectMany(i => Enumerable.Range(column.Offsets[i], column.Offsets[i + 1] - column.Offsets[i]))]);
                break;
            default:
                foreach (var child in column.Children) Column(child, at);
                break;
        }
    }

    private void Bits(int[] at, Func<int, bool> isSet)
    {
        var bytes = (at.Length + 7) / 8;
        var into = body.GetSpan(bytes + 8);
        into[..bytes].Clear();
        for (var i = 0; i < at.Length; i++)
            if (isSet(at[i])) into[i >> 3] |= (byte)(1 << (i & 7));
        Buffer(bytes);
    }

    private void Offsets(int[] at, Func<int, int> length)
    {
        var into = body.GetSpan((at.Length + 1) * 4 + 8);
        var offset = 0;
        BinaryPrimitives.WriteInt32LittleEndian(into, 0);
        for (var i = 0; i < at.Length; i++)
        {
            offset = checked(offset + length(at[i]));
            BinaryPrimitives.WriteInt32LittleEndian(into[((i + 1) * 4)..], offset);
        }
        Buffer((at.Length + 1) * 4);
    }

    /// <summary>Takes bytes that have been put behind the end.</summary>
    private void Buffer(int bytes)
    {
        var start = body.WrittenCount;
        body.Advance(bytes);
        End(start);
    }

    /// <summary>Ends a buffer; the next begins at a multiple of 8.</summary>
    private void End(int start)
    {
        buffers.Add((start, body.WrittenCount - start));
        var pad = -body.WrittenCount & 7;
        body.GetSpan(8)[..pad].Clear();
        body.Advance(pad);
    }
}
