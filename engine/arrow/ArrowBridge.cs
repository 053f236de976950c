using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;
using K2I.Base;
using K2I.Columns;
using ArrowSchema = Apache.Arrow.Schema;
using Schema = K2I.Columns.Schema;

namespace K2I.Arrow;

/// <summary>
/// Batches of one schema as Apache Arrow's record batches, over the same memory: what is not copied cannot differ. A record batch is a
/// borrow like the batch it was made of: valid as long as that is. Any thread; it keeps nothing but the schema. Errors: Unsupported, for a
/// type that Arrow lacks.
/// </summary>
public sealed class ArrowBridge
{
    /// <summary>Apache Arrow's word for nulls that were not counted yet: it counts them when asked.</summary>
    private const int NotCounted = -1;

    private readonly IArrowType[] types;

    public ArrowBridge(Schema schema)
    {
        Schema = ArrowTypes.SchemaOf(schema);
        types = [.. Schema.FieldsList.Select(f => f.DataType)];
    }

    /// <summary>Of the record batches.</summary>
    public ArrowSchema Schema { get; }

    /// <summary>The rows from <paramref name="from"/> (inclusive) to <paramref name="to"/> (exclusive).</summary>
    public RecordBatch Wrap(Batch batch, int from, int to)
    {
        Check.That(from >= 0 && from <= to && to <= batch.Rows && batch.Columns.Length == types.Length);
        var arrays = new IArrowArray[types.Length];
        for (var i = 0; i < arrays.Length; i++)
            arrays[i] = ArrowArrayFactory.BuildArray(DataOf(batch.Columns[i], types[i], from, to - from));
        return new(Schema, arrays, to - from);
    }

    /// <summary>
    /// A required column has nulls where the struct around it is null, and nowhere else: in Arrow those are the struct's alone.
    /// </summary>
    private static ArrayData DataOf(ColumnView column, IArrowType type, int from, int length)
    {
        var nulls = column.MayHaveNulls && !column.Field.Required;
        var validity = nulls ? Borrow(column.Validity) : ArrowBuffer.Empty;
        ArrowBuffer[] buffers = column.Layout switch
        {
            ColumnLayout.Bits or ColumnLayout.Fixed => [validity, Borrow(column.ValueBytes)],
            ColumnLayout.Bytes => [validity, Borrow(OffsetBytes(column)), Borrow(column.ValueBytes)],
            ColumnLayout.List => [validity, Borrow(OffsetBytes(column))],
            _ => [validity],
        };
        var children = new ArrayData[column.Children.Count];
        for (var i = 0; i < children.Length; i++)
        {
            var child = column.Children[i];
            children[i] = DataOf(child, ((NestedType)type).Fields[i].DataType, 0, child.Length);
        }
        return new(type, length, nulls ? NotCounted : 0, from, buffers, children);
    }

    private static ReadOnlySpan<byte> OffsetBytes(ColumnView column) => MemoryMarshal.AsBytes(column.Offsets);

    private static ArrowBuffer Borrow(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? ArrowBuffer.Empty : new(new BorrowedMemory(bytes).Memory);
}
