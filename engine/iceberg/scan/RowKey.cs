using System.Buffers.Binary;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>The bytes of some fields of a row: equal for rows that are equal in them, nulls included. For batches of one schema; one thread.</summary>
internal sealed class RowKey
{
    private readonly (int[] Path, DataType Type)[] _fields;
    private byte[] _bytes = new byte[64];
    private int _used;

    /// <param name="schema">The batches'.</param>
    /// <param name="ids">Fields at any depth of structs; all are in the schema.</param>
    internal RowKey(StructType schema, IEnumerable<int> ids) => _fields = [.. ids.Order().Select(id => Find(schema, id) ?? throw new InvalidOperationException($"field {id} is not in the schema"))];

    /// <summary>Valid until the next call.</summary>
    internal ReadOnlySpan<byte> Of(Batch batch, int row)
    {
        _used = 0;
        foreach (var (path, type) in _fields) Append(batch, path, type, row);
        return _bytes.AsSpan(0, _used);
    }

    /// <summary>The column at a path through structs; the first that is null in the row, if there is one.</summary>
    internal static ColumnView Column(Batch batch, int[] path, int row)
    {
        var column = batch.Columns[path[0]];
        for (var i = 1; i < path.Length && !column.IsNull(row); i++) column = column.Children[path[i]];
        return column;
    }

    /// <summary>Where a field is: its place in the schema, then in each struct.</summary>
    internal static int[] PathOf(StructType schema, int id) => Find(schema, id)?.Path ?? throw new InvalidOperationException($"field {id} is not in the schema");

    private void Append(Batch batch, int[] path, DataType type, int row)
    {
        var column = Column(batch, path, row);
        if (column.IsNull(row))
        {
            Room(1)[0] = 0;
            _used++;
            return;
        }
        ReadOnlySpan<byte> value = column.Layout == ColumnLayout.Bits ? (column.Bit(row) ? [1] : [0]) : column.Bytes(row);
        if (SingleValue.IsNaN(type, value)) value = [];
        var room = Room(value.Length + 5);
        room[0] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(room[1..], value.Length);
        value.CopyTo(room[5..]);
        _used += value.Length + 5;
    }

    private Span<byte> Room(int bytes)
    {
        if (_used + bytes > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + bytes));
        return _bytes.AsSpan(_used);
    }

    private static (int[] Path, DataType Type)? Find(StructType schema, int id)
    {
        for (var i = 0; i < schema.Fields.Length; i++)
        {
            var field = schema.Fields[i];
            if (field.Id == id) return ([i], field.Type);
            if (field.Type is StructType inner && Find(inner, id) is { } below) return ([i, .. below.Path], below.Type);
        }
        return null;
    }
}
