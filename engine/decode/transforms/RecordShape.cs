using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// A table's columns in the shape that records have: what a decoder writes to instead of the table, and what is left to do for each row
/// then. Names and flattened structs cost nothing for a record; casts and masks take their values from apart. One thread.
/// </summary>
internal sealed class RecordShape
{
    private readonly ColumnTransforms transforms;
    private readonly RowFront front;
    private readonly RowChange[] changes;
    private readonly Casting? casting;
    private BatchBuilder? bound;

    /// <summary>
    /// The shape of records whose fields are known, or of any JSON; throws Invalid where the transforms cannot be followed. JSON goes into
    /// columns of any type: there the types that are <paramref name="written"/> do not count.
    /// </summary>
    internal RecordShape(ColumnTransforms transforms, WrittenColumns written, Schema table, string? metadataColumn)
    {
        this.transforms = transforms;
        var built = new ShapeBuilder(transforms, table, metadataColumn, written.Fields, written.AreJson);
        Schema = new(0, new StructType([.. built.Fields]));
        front = new(Schema, [.. built.Columns]);
        changes = [.. built.Changes];
        if (built.Casts.Count > 0) casting = new(built.Casts);
    }

    /// <summary>What decoders take for the table: its columns' ids, the names and types of records.</summary>
    internal Schema Schema { get; }

    /// <summary>Why the last row could not be ended.</summary>
    internal DecodeError Error { get; private set; }

    /// <summary>Names by which columns are known, said of records.</summary>
    internal ImmutableDictionary<(int Struct, string Name), int> FormerNames(IReadOnlyDictionary<(int Struct, string Name), int> ofColumns)
    {
        var names = ImmutableDictionary.CreateBuilder<(int Struct, string Name), int>();
        foreach (var ((within, name), id) in ofColumns)
        {
            var above = within == 0 ? "" : Schema.PathOf(within);
            if (above is null || transforms.FieldOf(above, name) is not { } way) continue;
            var parent = way[..^1].Aggregate(above, WrittenColumns.Join);
            if ((parent.Length == 0 ? 0 : Schema.FindByPath(parent)?.Id) is { } of) names[(of, way[^1])] = id;
        }
        return names.ToImmutable();
    }

    /// <summary>What a decoder writes the next row of a batch to.</summary>
    internal BatchBuilder Begin(BatchBuilder row)
    {
        var of = front.Of(row);
        if (!ReferenceEquals(row, bound))
        {
            bound = row;
            foreach (var change in changes) change.Bind(of, row);
            casting?.Bind(of, row);
        }
        return of;
    }

    /// <summary>Ends what the decoder has written well: every column of the table has its value.</summary>
    internal DecodeStatus End(BatchBuilder row)
    {
        foreach (var change in changes)
        {
            if (change.Into.Count > row.Rows || change.TryApply()) continue;
            Error = new(DecodeStatus.MissingRequired, 0, change.Node);
            return DecodeStatus.MissingRequired;
        }
        if (casting is null) return DecodeStatus.Ok;
        var status = casting.Apply(row);
        if (status != DecodeStatus.Ok) Error = casting.Error;
        return status;
    }

    /// <summary>What the table lacks, said of its columns.</summary>
    internal ImmutableArray<SchemaChange> Apply(IEnumerable<SchemaChange> needed) => [.. transforms.Apply(needed.SelectMany(Parts))];

    /// <summary>A flattened struct is optional by the columns of its fields.</summary>
    private IEnumerable<SchemaChange> Parts(SchemaChange change) =>
        change is OptionalColumn && Schema.FindByPath(change.Path) is { Id: < 0, Type: StructType type }
            ? type.Fields.Where(f => f.Required).SelectMany(f => Parts(new OptionalColumn(WrittenColumns.Join(change.Path, f.Name))))
            : [change];
}
