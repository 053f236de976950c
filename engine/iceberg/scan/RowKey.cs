using System.Buffers.Binary;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>The bytes of some fields of a row: equal for rows that are equal in them, nulls included. For batches of one schema; one thread.</summary>
internal sealed class RowKey
{
    private readonly (int[] Path, DataType Type)[] fields;
    private byte[] bytes = new byte[64];
    private int used;

    /// <param name="schema">The batches'.</param>
    /// <param name="ids">Fields at any depth of structs; all are in the schema.</param>
    internal RowKey(StructType schema, IEnumerable<int> ids) => fields = [.. ids.Order().Select(id => Find(schema, id) ?? throw new InvalidOperationException($"field {id} is not in the schema"))];

    /// <summary>Valid until the next call.</summary>
    internal ReadOnlySpan<byte> Of(Batch batch, Ordinal row)
    {
        used = 0;
        foreach (var (path, type) in fields) Append(batch, path, type, row);
        return bytes.AsSpan(0, used);
    }

    /// <summary>The column at a path through structs; the first that is null in the row, if there is one.</summary>
    internal static ColumnView Column(Batch batch, int[] path, Ordinal row)
    {
        var column = batch.Columns[path[0]];
        for (var i = 1; i < path.Length && !column.IsNull(row.Value); i++) column = column.Children[path[i]];
        return column;
    }

    /// <summary>Where a field is: its place in the schema, then in each struct.</summary>
    internal static int[] PathOf(StructType schema, int id) => Find(schema, id)?.Path ?? throw new InvalidOperationException($"field {id} is not in the schema");

    /// <summary>False where there is no such field, or it lies below a list or map.</summary>
    internal static bool TryPathOf(StructType schema, int id, out int[] path)
    {
        path = Find(schema, id)?.Path ?? [];
        return path.Length > 0;
    }

    private void Append(Batch batch, int[] path, DataType type, Ordinal row)
    {
        var column = Column(batch, path, row);
        if (column.IsNull(row.Value))
        {
            Room(1)[0] = 0;
            used++;
            return;
        }
        ReadOnlySpan<byte> value = column.Layout == ColumnLayout.Bits ? (column.Bit(row.Value) ? [1] : [0]) : column.Bytes(row.Value);
        if (SingleValue.IsNaN(type, value)) value = [];
        var room = Room(value.Length + 5);
        room[0] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(room[1..], value.Length);
        value.CopyTo(room[5..]);
        used += value.Length + 5;
    }

    private Span<byte> Room(int bytes)
    {
        if (used + bytes > this.bytes.Length) Array.Resize(ref this.bytes, Math.Max(this.bytes.Length * 2, used + bytes));
        return this.bytes.AsSpan(used);
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
