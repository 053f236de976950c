using System.Text;
using K2I.Memory;

namespace K2I.Columns;

/// <summary>
/// What the columns of a schema take: how many buffers, and bytes a row where strings and lists are of usual length. Says how many rows a
/// small budget is laid out for, and whether it is one.
/// </summary>
/// <param name="Buffers">Bitmaps, offsets and values, of all columns at all depths.</param>
/// <param name="RowBits">Of one row, values of variable length left out.</param>
/// <param name="Texts">Values of variable length in one row.</param>
public readonly record struct BatchShape(int Buffers, long RowBits, long Texts)
{
    internal const int Alignment = 16;

    /// <summary>Elements of a list of usual length, and bytes of a usual text. Where rows differ, the batch is full earlier.</summary>
    internal const int ListElements = 2, TextBytes = 24;

    /// <summary>A batch is laid out for a multiple of these, so that bitmaps end at bytes.</summary>
    internal const int RowStep = 8;

    /// <summary>Buffers that grow by pages of their own waste half a page each: an eighth of a budget that has four for each.</summary>
    private const int SparsePages = 4;

    /// <summary>The least that a packed batch can be laid out in.</summary>
    public long LeastBytes => Overhead + RowBits + (RowStep * TextBytes * Texts);

    private long Overhead => Buffers * (Alignment + sizeof(int));

    public static BatchShape Of(Schema schema)
    {
        var shape = default(BatchShape);
        foreach (var field in schema.Fields) shape = shape.With(field.Type, 1);
        return shape;
    }

    /// <summary>
    /// How the columns of a schema are laid out, names and ids left out: batches of equal layouts and budgets can use each other's memory
    /// (<see cref="BatchBuilder.Use"/>).
    /// </summary>
    public static string LayoutOf(Schema schema)
    {
        var text = new StringBuilder();
        foreach (var field in schema.Fields) Add(field.Type);
        return text.ToString();

        void Add(DataType type)
        {
            var (layout, width) = ColumnBuilder.LayoutOf(type);
            text.Append((char)('a' + (int)layout));
            if (layout == ColumnLayout.Fixed) text.Append(width);
            foreach (var child in ColumnBuilder.ChildrenOf(type)) Add(child.Type);
            if (layout == ColumnLayout.Struct) text.Append('.');
        }
    }

    /// <summary>
    /// A batch of so many bytes is packed: its buffers lie side by side, each in its part. A larger one lets each buffer grow by pages.
    /// </summary>
    public bool IsPackedIn(long bytes) => bytes < (long)Buffers * SparsePages * NativeBuffer.PageBytes;

    internal int RowsIn(long bytes)
    {
        var rows = (bytes - Overhead) * 8 / Math.Max(1, RowBits + (8 * TextBytes * Texts));
        return (int)(Math.Max(RowStep, rows) / RowStep * RowStep);
    }

    /// <summary>What is left for each text column, times the rows it has for one of the batch.</summary>
    internal long TextBytesIn(long bytes) =>
        Texts == 0 ? 0 : (bytes - Overhead - (RowsIn(bytes) / RowStep * RowBits)) / Texts / Alignment * Alignment;

    private BatchShape With(DataType type, long times)
    {
        var (layout, width) = ColumnBuilder.LayoutOf(type);
        var shape = layout switch
        {
            ColumnLayout.Bits => new(Buffers + 2, RowBits + (2 * times), Texts),
            ColumnLayout.Fixed => new(Buffers + 2, RowBits + (times * (1 + (8L * width))), Texts),
            ColumnLayout.Bytes => new(Buffers + 3, RowBits + (times * 33), Texts + times),
            ColumnLayout.List => new(Buffers + 2, RowBits + (times * 33), Texts),
            _ => this with { Buffers = Buffers + 1, RowBits = RowBits + times },
        };
        switch (type)
        {
            case StructType or VariantType:
                foreach (var field in VariantType.PartsOf(type)) shape = shape.With(field.Type, times);
                return shape;
            case ListType list:
                return shape.With(list.Element.Type, times * ListElements);
            case MapType map:
                return shape.With(map.EntryField.Type, times * ListElements);
            default:
                return shape;
        }
    }
}
