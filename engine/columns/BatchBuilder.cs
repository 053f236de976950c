using System.Collections.Immutable;
using System.Diagnostics;
using K2I.Base;
using K2I.Memory;

namespace K2I.Columns;

/// <summary>
/// Owner of the columns of one batch being written row by row: append one value to every column, then <see cref="EndRow"/>; or take the
/// row back with <see cref="AbandonRow"/>. One thread writes; views are of rows already ended.
/// </summary>
public sealed unsafe class BatchBuilder : IDisposable
{
    private readonly ColumnSpace space;
    private readonly ColumnBuilder[] columns;
    private readonly RowFront? front;

    /// <summary>
    /// Makes empty columns. <paramref name="budgetBytes"/> (4 KiB to 1 GiB) bounds each buffer and is when <see cref="IsFull"/> turns
    /// true; all together may take some times as much.
    /// </summary>
    public BatchBuilder(Schema schema, MemoryTag tag, long budgetBytes)
        : this(schema, new ColumnSpace(tag, budgetBytes, bounded: false))
    {
    }

    private BatchBuilder(Schema schema, ColumnSpace space)
    {
        Schema = schema;
        this.space = space;
        columns = [.. schema.Fields.Select(f => new ColumnBuilder(f, space))];
        space.Attach(columns);
    }

    private BatchBuilder(Schema schema, RowFront front, ColumnSpace space, ColumnBuilder[] columns)
    {
        Schema = schema;
        (this.front, this.space, this.columns) = (front, space, columns);
    }

    /// <summary>The front of a batch: its rows are the batch's, which ends them and owns the memory.</summary>
    internal static BatchBuilder Front(Schema schema, RowFront front, BatchBuilder batch, ColumnBuilder[] columns) =>
        new(schema, front, batch.space, columns);

    /// <summary>
    /// Columns that never touch more than <paramref name="bytes"/> of pages, all together: the row that would is refused by
    /// <see cref="EndRow"/>, which is how one learns that it is full.
    /// </summary>
    public static BatchBuilder Bounded(Schema schema, MemoryTag tag, long bytes) => new(schema, new ColumnSpace(tag, bytes, bounded: true));

    /// <summary>
    /// Columns packed into <paramref name="bytes"/> of <paramref name="memory"/>, which are zeros, at least
    /// <see cref="BatchShape.LeastBytes"/> and stay the caller's: for batches so small that pages of their own would be most of each
    /// column. Full as <see cref="Bounded"/> is.
    /// </summary>
    public static BatchBuilder Packed(Schema schema, NativeBuffer memory, long at, long bytes) =>
        new(schema, new ColumnSpace(BatchShape.Of(schema), memory, at, bytes));

    /// <summary>For rows that are passed on at once, by modules that do not deal with memory.</summary>
    public static BatchBuilder ForScratch(Schema schema, long budgetBytes) => new(schema, MemoryTag.Scratch, budgetBytes);

    /// <summary>What a front stands before that has all of its columns apart: nothing is written to its one column.</summary>
    public static BatchBuilder Unwritten() =>
        new(Schema.Of(new Field(1, "nothing", PrimitiveType.Boolean, false)), MemoryTag.Scratch, NativeBuffer.PageBytes);

    public Schema Schema { get; private set; }

    /// <summary>Rows ended.</summary>
    public int Rows { get; internal set; }

    /// <summary>True when the row being written did not fit; it will have to be abandoned.</summary>
    public bool Overflow => space.Overflow;

    internal ColumnSpace Space => space;

    public int ColumnCount => columns.Length;

    public long UsedBytes
    {
        get
        {
            long bytes = 0;
            foreach (var column in columns) bytes += column.UsedBytes;
            return bytes;
        }
    }

    /// <summary>The budget is used up; seal rather than append. A walk over the columns: ask once every few dozen rows.</summary>
    public bool IsFull => UsedBytes >= space.BudgetBytes;

    public ColumnBuilder Column(int index) => columns[index];

    /// <summary>
    /// Gives a null to each column that the current row has no value for. Returns the first required one among them, or null.
    /// </summary>
    public Field? FillMissing()
    {
        Field? required = null;
        foreach (var column in columns)
        {
            if (column.Count > Rows) continue;
            if (column.Field.Required) required ??= column.Field;
            column.AppendNull();
        }
        return required;
    }

    /// <summary>Ends the row. False when it did not fit: nothing of it was kept; try again in an empty batch.</summary>
    public bool EndRow()
    {
        if (space.Overflow)
        {
            AbandonRow();
            return false;
        }
        CheckColumns();
        Rows++;
        return true;
    }

    public void AbandonRow()
    {
        if (front is not null)
        {
            front.AbandonRow();
            return;
        }
        foreach (var column in columns) column.Truncate(Rows);
        space.Overflow = false;
    }

    /// <summary>The first <paramref name="rows"/> rows.</summary>
    public Batch View(int rows)
    {
        Check.That(rows <= Rows);
        var views = ImmutableArray.CreateBuilder<ColumnView>(columns.Length);
        foreach (var column in columns) views.Add(column.View(rows));
        return new(Schema, rows, views.MoveToImmutable());
    }

    public Batch View() => View(Rows);

    /// <summary>
    /// Empties the batch for new rows. No view of it may be in use. Pages are kept for reuse unless they exceed the budget by more than
    /// half.
    /// </summary>
    public void Reset()
    {
        Rows = 0;
        space.Overflow = false;
        foreach (var column in columns) column.Reset();
        if (space.TakenBytes > space.KeptBytes) space.Trim();
    }

    /// <summary>An empty batch for rows of another schema of the same <see cref="BatchShape.LayoutOf">layout</see>.</summary>
    public void Use(Schema schema)
    {
        Check.That(Rows == 0 && schema.Fields.Length == columns.Length);
        Schema = schema;
        for (var i = 0; i < columns.Length; i++) columns[i].Use(schema.Fields[i]);
    }

    /// <summary>A method of its own: a loop around checks would run in release too.</summary>
    [Conditional("DEBUG")]
    private void CheckColumns()
    {
        foreach (var column in columns) Check.Debug(column.Count == Rows + 1);
    }

    public void Dispose()
    {
        if (front is null) space.Dispose();
    }
}
