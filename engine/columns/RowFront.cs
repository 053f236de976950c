using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Columns;

/// <summary>
/// The front of batches: their columns under other names, in other structs, or apart. Who writes rows to the front writes them to the
/// batch; only values apart stay behind, and go where its owner takes them. Costs nothing for a value that is not apart. One thread.
/// </summary>
/// <param name="schema">Of the front.</param>
/// <param name="columns">What stands behind each of its fields.</param>
public sealed class RowFront(Schema schema, ImmutableArray<FrontColumn> columns)
{
    private readonly List<ColumnBuilder> own = [];
    private BatchBuilder? batch;
    private BatchBuilder? front;

    public Schema Schema => schema;

    /// <summary>
    /// The front of a batch whose next row begins: the same as long as the batch is. Rows are ended at the batch, and abandoned at either.
    /// </summary>
    public BatchBuilder Of(BatchBuilder batch)
    {
        if (!ReferenceEquals(batch, this.batch)) Bind(batch);
        Begin();
        return front!;
    }

    /// <summary>The builder at a place of a batch.</summary>
    public static ColumnBuilder At(BatchBuilder batch, ImmutableArray<int> place)
    {
        var column = batch.Column(place[0]);
        for (var i = 1; i < place.Length; i++) column = column.Child(place[i]);
        return column;
    }

    internal void AbandonRow()
    {
        batch!.AbandonRow();
        Begin();
    }

    /// <summary>Apart from the fast path: its closure would be allocated there for every row.</summary>
    private void Bind(BatchBuilder batch)
    {
        own.Clear();
        this.batch = batch;
        front = BatchBuilder.Front(schema, this, batch, [.. schema.Fields.Zip(columns, (f, c) => Builder(f, c, batch))]);
    }

    private void Begin()
    {
        front!.Rows = batch!.Rows;
        foreach (var builder in own) builder.Begin(batch.Rows);
    }

    private ColumnBuilder Builder(Field field, FrontColumn column, BatchBuilder batch)
    {
        var behind = column.Place.IsEmpty ? null : At(batch, column.Place);
        if (column.Parts.IsEmpty && behind is not null) return behind;
        var builder = column.Parts.IsEmpty ? new ColumnBuilder(field) : Struct(field, column, behind, batch);
        own.Add(builder);
        return builder;
    }

    private ColumnBuilder Struct(Field field, FrontColumn column, ColumnBuilder? behind, BatchBuilder batch)
    {
        var fields = ((StructType)field.Type).Fields;
        Check.That(fields.Length == column.Parts.Length);
        return new(field, batch.Space, behind, [.. fields.Zip(column.Parts, (f, c) => Builder(f, c, batch))]);
    }
}
