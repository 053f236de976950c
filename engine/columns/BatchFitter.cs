using System.Runtime.InteropServices;
using System.Text.Json;
using K2I.Base;
using K2I.Memory;

namespace K2I.Columns;

/// <summary>
/// Presents rows of one schema of a table under another: columns are found by field id, at every depth; those that the rows lack hold their
/// initial default, or null; numbers, dates and decimals of a narrower type are widened. What needs no change is not copied. So rows from
/// before and after a change of columns stand in one file, and in one answer.
/// </summary>
/// <remarks>
/// Owner of the memory of what it fills in; the batches it makes are borrows of it and of what they were made from, valid until the next.
/// One thread. Source: Iceberg's table spec, "Schema Evolution" and "Column Projection".
/// </remarks>
public sealed class BatchFitter(Schema schema) : IDisposable
{
    private readonly Dictionary<int, NativeBuffer> filled = [];
    private NativeBuffer? zeros;

    /// <summary>
    /// Rows of <paramref name="rows"/> lose nothing under <paramref name="schema"/>: it has all of their fields, of the same types, and
    /// others that are null without a value.
    /// </summary>
    public static bool Fits(Schema rows, Schema schema) => ReferenceEquals(rows, schema) || Fits(rows.Struct, schema.Struct);

    /// <summary>The batch under this fitter's schema.</summary>
    public Batch Fit(Batch batch) => Fit(batch, 0, batch.Rows);

    /// <summary>
    /// The batch under this fitter's schema, where only the rows from <paramref name="from"/> (inclusive) to <paramref name="to"/>
    /// (exclusive) will be looked at.
    /// </summary>
    public Batch Fit(Batch batch, int from, int to)
    {
        if (ReferenceEquals(batch.Schema, schema)) return batch;
        var columns = new ColumnView[schema.Fields.Length];
        for (var i = 0; i < columns.Length; i++) columns[i] = Fit(schema.Fields[i], i, batch.Columns, batch.Rows, from, to);
        return new(schema, batch.Rows, [.. columns]);
    }

    public void Dispose()
    {
        zeros?.Dispose();
        foreach (var buffer in filled.Values) buffer.Dispose();
    }

    private static bool Fits(DataType rows, DataType wanted)
    {
        if (rows.Kind != wanted.Kind) return false;
        var (has, wants) = (Schema.ChildrenOf(rows), Schema.ChildrenOf(wanted));
        if (wants.IsEmpty) return rows.Equals(wanted);
        return has.All(h => wants.Any(w => w.Id == h.Id)) && wants.All(w => has.FirstOrDefault(h => h.Id == w.Id) is { } known
            ? (known.Required || !w.Required) && Fits(known.Type, w.Type)
            : IsNullWithout(w));
    }

    /// <summary>
    /// Rows from before the field are null in it. With a default they are not: a file without the field lets readers say what they hold.
    /// </summary>
    private static bool IsNullWithout(Field field) => !field.Required && field.InitialDefault is null && field.WriteDefault is null;

    /// <param name="near">Where the column is, if schemas differ in nothing.</param>
    private ColumnView Fit(Field field, int near, IReadOnlyList<ColumnView> columns, int rows, int from, int to)
    {
        if (near < columns.Count && columns[near].Field.Id == field.Id) return Fit(field, columns[near], from, to);
        foreach (var column in columns)
            if (column.Field.Id == field.Id) return Fit(field, column, from, to);
        return Missing(field, rows, from, to);
    }

    private ColumnView Fit(Field field, ColumnView column, int from, int to)
    {
        if (column.Field.Type.Equals(field.Type)) return column.As(field, [.. column.Children]);
        return (field.Type, column.Field.Type.Kind) switch
        {
            (StructType s, TypeKind.Struct) => column.As(field, Fit(s, column, from, to)),
            (ListType l, TypeKind.List) => column.As(field, Fit(l.Element, column.Children[0], column.Offsets[from], column.Offsets[to])),
            (MapType m, TypeKind.Map) => column.As(field, Fit(m.EntryField, column.Children[0], column.Offsets[from], column.Offsets[to])),
            _ => Widen(field, column, from, to),
        };
    }

    private ColumnView[] Fit(StructType type, ColumnView column, int from, int to)
    {
        var children = new ColumnView[type.Fields.Length];
        for (var i = 0; i < children.Length; i++) children[i] = Fit(type.Fields[i], i, column.Children, column.Length, from, to);
        return children;
    }

    /// <summary>The promotions of the table spec.</summary>
    private ColumnView Widen(Field field, ColumnView column, int from, int to)
    {
        const long microsPerDay = 86_400_000_000;
        switch (column.Field.Type.Kind, field.Type.Kind)
        {
            case (TypeKind.Decimal, TypeKind.Decimal):
                return column.As(field);
            case (TypeKind.Int, TypeKind.Long):
                return Widen<int, long>(field, column, from, to, v => v);
            case (TypeKind.Float, TypeKind.Double):
                return Widen<float, double>(field, column, from, to, v => v);
            case (TypeKind.Date, TypeKind.Timestamp):
                return Widen<int, long>(field, column, from, to, v => v * microsPerDay);
            case (TypeKind.Date, TypeKind.TimestampNs):
                return Widen<int, long>(field, column, from, to, v => unchecked(v * microsPerDay * 1000));
            default:
                throw new InvalidOperationException($"column {field.Name}: {column.Field.Type} does not become {field.Type}");
        }
    }

    private ColumnView Widen<TFrom, TTo>(Field field, ColumnView column, int from, int to, Func<TFrom, TTo> wider)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        var bytes = Filled(field.Id, (long)column.Length * 8);
        var values = column.Values<TFrom>();
        var wide = MemoryMarshal.Cast<byte, TTo>(bytes);
        for (var i = from; i < to; i++) wide[i] = wider(values[i]);
        return ColumnView.Over(field, column.Length, column.MayHaveNulls, column.Validity, [], bytes);
    }

    private ColumnView Missing(Field field, int rows, int from, int to)
    {
        if (field.InitialDefault is not { } text) return Null(field, rows);
        if (field.Type is StructType s)
            return ColumnView.Over(field, rows, false, [], [], [], [.. s.Fields.Select(f => Missing(f, rows, from, to))]);
        if (field.Type is not PrimitiveType type) return Null(field, rows);
        using var json = JsonDocument.Parse(text);
        var value = SingleValueJson.Read(type, json.RootElement)
            ?? throw new EngineException(ErrorKind.Corrupt, $"column {field.Name}: its default {text} is no {type}");
        return Constant(field, value, rows, from, to);
    }

    private ColumnView Constant(Field field, byte[] value, int rows, int from, int to)
    {
        var layout = ColumnBuilder.LayoutOf(field.Type).Layout;
        if (layout == ColumnLayout.Bits)
        {
            var bits = Filled(field.Id, (rows + 7L) / 8);
            bits[(from / 8)..((to + 7) / 8)].Fill(value[0] != 0 ? byte.MaxValue : byte.MinValue);
            return ColumnView.Over(field, rows, false, [], [], bits);
        }
        if (layout == ColumnLayout.Fixed)
        {
            var values = Filled(field.Id, (long)rows * value.Length);
            for (var i = from; i < to; i++) value.CopyTo(values[(i * value.Length)..]);
            return ColumnView.Over(field, rows, false, [], [], values);
        }
        var total = checked((to - from) * value.Length);
        var texts = Filled(field.Id, ((rows + 1L) * sizeof(int)) + total);
        var offsets = MemoryMarshal.Cast<byte, int>(texts[..((rows + 1) * sizeof(int))]);
        texts = texts[((rows + 1) * sizeof(int))..];
        for (var i = from; i < to; i++) value.CopyTo(texts[((i - from) * value.Length)..]);
        for (var i = from; i <= to; i++) offsets[i] = (i - from) * value.Length;
        offsets[rows] = total;
        return ColumnView.Over(field, rows, false, [], offsets, texts);
    }

    private ColumnView Null(Field field, int rows)
    {
        var (layout, width) = ColumnBuilder.LayoutOf(field.Type);
        var bitmap = Zeros((rows + 7L) / 8);
        return layout switch
        {
            ColumnLayout.Bits => ColumnView.Over(field, rows, true, bitmap, [], bitmap),
            ColumnLayout.Fixed => ColumnView.Over(field, rows, true, bitmap, [], Zeros((long)rows * width)),
            ColumnLayout.Bytes => ColumnView.Over(field, rows, true, bitmap, NoBytes(rows), []),
            ColumnLayout.List => ColumnView.Over(field, rows, true, bitmap, NoBytes(rows), [], Null(ElementOf(field.Type), 0)),
            _ => ColumnView.Over(field, rows, true, bitmap, [], [], [.. VariantType.PartsOf(field.Type).Select(f => Null(f, rows))]),
        };
    }

    private static Field ElementOf(DataType type) => type is MapType m ? m.EntryField : ((ListType)type).Element;

    private ReadOnlySpan<int> NoBytes(int rows) => MemoryMarshal.Cast<byte, int>(Zeros((rows + 1L) * sizeof(int)));

    /// <summary>Pages that nobody writes cost nothing, so there are always enough: 2 GiB of address space.</summary>
    private ReadOnlySpan<byte> Zeros(long bytes)
    {
        Check.That(bytes <= int.MaxValue);
        zeros ??= NativeBuffer.Reserve(MemoryTag.Scratch, 2L << 30);
        return zeros.Slice(0, (int)bytes);
    }

    /// <summary>Memory for the values of a field; only what is written of it costs.</summary>
    private Span<byte> Filled(int id, long bytes)
    {
        if (!filled.TryGetValue(id, out var buffer) || buffer.Capacity < bytes)
        {
            buffer?.Dispose();
            filled.Remove(id);
            filled[id] = buffer = NativeBuffer.Reserve(MemoryTag.Scratch, Math.Max(bytes, NativeBuffer.PageBytes));
        }
        return buffer.Slice(0, checked((int)bytes));
    }
}
