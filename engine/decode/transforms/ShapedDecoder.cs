using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>JSON without a schema, whose rows take the table's shape. One thread.</summary>
public sealed class ShapedDecoder : IRecordDecoder
{
    private readonly RecordShape shape;
    private readonly JsonDecoder decoder;

    /// <summary>The same without a care for fields that no column has.</summary>
    private readonly JsonDecoder ignorant;

    /// <summary>Throws Invalid where the transforms cannot be followed, as <see cref="JsonDecoder"/> does.</summary>
    public ShapedDecoder(Schema schema, JsonDecoderOptions options, ColumnTransforms transforms)
    {
        Check.That(!transforms.IsEmpty);
        Schema = schema;
        shape = new(transforms, WrittenColumns.AnyJson, schema, options.MetadataColumn);
        decoder = new(shape.Schema, options);
        ignorant = new(shape.Schema, options with { UnknownFields = UnknownFields.Ignore });
    }

    public Schema Schema { get; }

    public DecodeError Error { get; private set; }

    public int IgnoredFields { get; private set; }

    public DecodeStatus Decode(in RecordInput record, BatchBuilder row)
    {
        var front = shape.Begin(row);
        var status = decoder.Decode(in record, front);
        IgnoredFields = decoder.IgnoredFields;
        if (status == DecodeStatus.NewField) return NewField(in record, row);
        if (status != DecodeStatus.Ok) Error = decoder.Error;
        return status == DecodeStatus.Ok ? End(row) : status;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SchemaChange> Changes(IEnumerable<ReadOnlyMemory<byte>> values) => shape.Apply(decoder.Changes(values));

    /// <summary>Fields that are new may be such as never become columns, or such as have the name of another's.</summary>
    private DecodeStatus NewField(in RecordInput record, BatchBuilder row)
    {
        var changes = Changes([record.Value.ToArray()]);
        if (changes.Count == 0)
        {
            row.AbandonRow();
            return ignorant.Decode(in record, shape.Begin(row)) == DecodeStatus.Ok ? End(row) : Fail(ignorant.Error, ignorant.Error.Status);
        }
        var taken = changes.OfType<NewField>().FirstOrDefault(f => Schema.FindByPath(f.Path) is not null);
        if (taken is null || changes.Any(c => Schema.FindByPath(c.Path) is null)) return Fail(decoder.Error, DecodeStatus.NewField);
        return Fail(new(DecodeStatus.UnknownField, 0, null, taken.Path, "the column of that name is another field's: rename one"),
            DecodeStatus.UnknownField);
    }

    private DecodeStatus End(BatchBuilder row)
    {
        // A row that does not fit is taken back whatever is in it.
        var status = row.Overflow ? DecodeStatus.Ok : shape.End(row);
        return status == DecodeStatus.Ok ? status : Fail(shape.Error, status);
    }

    private DecodeStatus Fail(DecodeError error, DecodeStatus status)
    {
        Error = error;
        return status;
    }
}
