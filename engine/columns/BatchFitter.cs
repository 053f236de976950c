using System.Runtime.InteropServices;
using K2I.Base;
using K2I.Memory;

namespace K2I.Columns;

/// <summary>
/// Presents rows of an older schema under a newer one, without copying them: columns are found by field id, at every depth, and those that the rows lack are null. So rows
/// from before and after a column was added stand in one file.
/// </summary>
/// <remarks>Owner of the zeros behind null columns; the batches it makes are borrows of them and of what they were made from. One thread.</remarks>
public sealed class BatchFitter(Schema schema) : IDisposable
{
    private NativeBuffer? zeros;

    /// <summary>Rows of <paramref name="rows"/> lose nothing under <paramref name="schema"/>: it has all of their fields, of the same types, and others that are null without a value.</summary>
    public static bool Fits(Schema rows, Schema schema) => ReferenceEquals(rows, schema) || Fits(rows.Struct, schema.Struct);

    /// <summary>The batch under this fitter's schema, which it <see cref="Fits(Schema, Schema)"/>.</summary>
    public Batch Fit(Batch batch)
    {
        if (ReferenceEquals(batch.Schema, schema)) return batch;
        var columns = new ColumnView[schema.Fields.Length];
        for (var i = 0; i < columns.Length; i++) columns[i] = Fit(schema.Fields[i], batch.Columns, batch.Rows);
        return new(schema, batch.Rows, [.. columns]);
    }

    public void Dispose() => zeros?.Dispose();

    private static bool Fits(DataType rows, DataType wanted)
    {
        if (rows.Kind != wanted.Kind) return false;
        var (has, wants) = (Schema.ChildrenOf(rows), Schema.ChildrenOf(wanted));
        if (wants.IsEmpty) return rows.Equals(wanted);
        return has.All(h => wants.Any(w => w.Id == h.Id))
            && wants.All(w => has.FirstOrDefault(h => h.Id == w.Id) is { } known ? (known.Required || !w.Required) && Fits(known.Type, w.Type) : IsNullWithout(w));
    }

    /// <summary>
    /// Rows from before the field are null in it. With a default they are not: a file without the field lets readers say what they hold.
    /// </summary>
    private static bool IsNullWithout(Field field) => !field.Required && field.InitialDefault is null && field.WriteDefault is null;

    private ColumnView Fit(Field field, IEnumerable<ColumnView> columns, int rows)
    {
        foreach (var column in columns)
            if (column.Field.Id == field.Id) return Fit(field, column);
        return Null(field, rows);
    }

    private ColumnView Fit(Field field, ColumnView column)
    {
        if (column.Field.Type.Equals(field.Type)) return column.As(field, [.. column.Children]);
        return field.Type switch
        {
            StructType s => column.As(field, [.. s.Fields.Select(f => Fit(f, column.Children, column.Length))]),
            ListType l => column.As(field, Fit(l.Element, column.Children[0])),
            MapType m => column.As(field, Fit(m.EntryField, column.Children[0])),
            _ => throw new InvalidOperationException($"column {field.Name} does not fit"),
        };
    }

    private ColumnView Null(Field field, int rows)
    {
        var (layout, width) = ColumnBuilder.LayoutOf(field.Type);
        var bitmap = Zeros((rows + 7L) / 8);
        return layout switch
        {
            ColumnLayout.Bits => ColumnView.Over(field, rows, true, bitmap, [], bitmap),
            ColumnLayout.Fixed => ColumnView.Over(field, rows, true, bitmap, [], Zeros((long)rows * width)),
            ColumnLayout.Bytes => ColumnView.Over(field, rows, true, bitmap, MemoryMarshal.Cast<byte, int>(Zeros((rows + 1L) * sizeof(int))), []),
            ColumnLayout.List => ColumnView.Over(field, rows, true, bitmap, MemoryMarshal.Cast<byte, int>(Zeros((rows + 1L) * sizeof(int))), [], Null(field.Type is MapType m ? m.EntryField : ((ListType)field.Type).Element, 0)),
            _ => ColumnView.Over(field, rows, true, bitmap, [], [], [.. ((StructType)field.Type).Fields.Select(f => Null(f, rows))]),
        };
    }

    /// <summary>Pages that nobody writes cost nothing, so there are always enough: 2 GiB of address space.</summary>
    private ReadOnlySpan<byte> Zeros(long bytes)
    {
        Check.That(bytes <= int.MaxValue);
        zeros ??= NativeBuffer.Reserve(MemoryTag.Scratch, 2L << 30);
        return zeros.Slice(0, (int)bytes);
    }
}
