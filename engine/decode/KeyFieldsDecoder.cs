using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Rows of another decoder, and beside them the fields of records' keys, which a decoder of their own reads: in one struct column
/// <see cref="KeyedDecoder.Name"/>, or in columns <c>key_NAME</c>. Columns that keys lack come as those of values do, by
/// <see cref="Changes"/>. One thread.
/// </summary>
public sealed class KeyFieldsDecoder : IRecordDecoder
{
    /// <summary>What the columns of keys begin with; fields of values whose columns would are none.</summary>
    public const string Prefix = KeyedDecoder.Name + "_";

    private readonly IRecordDecoder values, keys;
    private readonly RowFront valueFront, keyFront;
    private readonly int[] columns;
    private readonly bool isStruct;
    private byte[] refusedKey = [];

    /// <param name="schema">The table's.</param>
    /// <param name="isStruct">Keys have one column.</param>
    /// <param name="values">Makes the decoder of values for the columns that are left to it.</param>
    /// <param name="keys">The same of keys, which it is given as values.</param>
    public KeyFieldsDecoder(Schema schema, bool isStruct, Func<Schema, IRecordDecoder> values, Func<Schema, IRecordDecoder> keys)
    {
        (Schema, this.isStruct) = (schema, isStruct);
        columns = [.. Enumerable.Range(0, schema.Fields.Length).Where(i => IsOfKeys(schema.Fields[i].Name, isStruct))];
        var rest = Enumerable.Range(0, schema.Fields.Length).Except(columns).ToArray();
        valueFront = new(schema with { Struct = new StructType([.. rest.Select(i => schema.Fields[i])]) },
            [.. rest.Select(i => FrontColumn.At([i]))]);
        keyFront = isStruct ? InStruct() : new(schema with { Struct = new StructType([.. columns.Select(Unprefixed)]) },
            [.. columns.Select(i => FrontColumn.At([i]))]);
        this.values = values(valueFront.Schema);
        this.keys = keys(keyFront.Schema);
    }

    public Schema Schema { get; }

    public DecodeError Error { get; private set; }

    public int IgnoredFields => values.IgnoredFields;

    public SchemaId RefusedSchema => IsOfKey ? keys.RefusedSchema : values.RefusedSchema;

    /// <summary>It is the last record's key that could not be read.</summary>
    public bool IsOfKey { get; private set; }

    /// <summary>The columns, ids 0, that a table is to have for keys like a record's; none where it has no key, or none that can be read
    /// now.</summary>
    public static ImmutableArray<Field> ColumnsOf(in RecordInput record, bool isStruct, Func<Schema, IRecordDecoder> keys)
    {
        if (record.KeyIsNull) return [];
        using var batch = BatchBuilder.Unwritten();
        var decoder = new KeyFieldsDecoder(new(0, new StructType([])), isStruct, s => new JsonDecoder(s, new()), keys);
        var status = decoder.DecodeKey(in record, batch);
        return status == DecodeStatus.NewField ? [.. decoder.Changes([]).OfType<NewField>().Select(c => c.Field)] : [];
    }

    public static bool IsOfKeys(string column, bool isStruct) =>
        isStruct ? column == KeyedDecoder.Name : column.StartsWith(Prefix, StringComparison.Ordinal);

    public DecodeStatus Decode(in RecordInput record, BatchBuilder row)
    {
        IsOfKey = false;
        var status = values.Decode(in record, valueFront.Of(row));
        if (status == DecodeStatus.Ok) return DecodeKey(in record, row);
        Error = values.Error;
        if (status != DecodeStatus.NewField || ClashOf(values.Changes([record.Value.ToArray()])) is not { } clash) return status;
        Error = new(DecodeStatus.UnknownField, 0, null, clash, "columns of that name are of keys: rename or drop the field");
        return DecodeStatus.UnknownField;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SchemaChange> Changes(IEnumerable<ReadOnlyMemory<byte>> values)
    {
        if (!IsOfKey) return this.values.Changes(values);
        var changes = keys.Changes([refusedKey]);
        // The struct comes with what is in it.
        if (isStruct && columns.Length == 0 && changes.Count > 0)
        {
            var type = new StructType([.. changes.OfType<NewField>().Select(f => f.Field)]);
            return [new NewField("", new(0, KeyedDecoder.Name, type, false))];
        }
        return [.. changes.Select(Placed)];
    }

    private DecodeStatus DecodeKey(in RecordInput record, BatchBuilder row)
    {
        if (record.KeyIsNull) return AppendNulls(row);
        var key = new RecordInput(record.Key)
        {
            Key = record.Key,
            Topic = record.Topic,
            Partition = record.Partition,
            Offset = record.Offset,
            Headers = record.Headers,
        };
        var status = keys.Decode(in key, keyFront.Of(row));
        if (status == DecodeStatus.Ok)
        {
            if (isStruct && columns.Length > 0) row.Column(columns[0]).EndStruct();
            return status;
        }
        IsOfKey = true;
        Error = new(status, keys.Error.Position, null, hint: $"of the key: {keys.Error}");
        if (status == DecodeStatus.NewField) refusedKey = record.Key.ToArray();
        return status;
    }

    private DecodeStatus AppendNulls(BatchBuilder row)
    {
        foreach (var column in columns)
        {
            if (row.Column(column).Field.Required)
            {
                Error = new(DecodeStatus.MissingRequired, 0, null,
                    hint: $"the record has no key, and {Schema.Fields[column].Name} is required");
                return DecodeStatus.MissingRequired;
            }
            row.Column(column).AppendNull();
        }
        return DecodeStatus.Ok;
    }

    private string? ClashOf(IReadOnlyList<SchemaChange> changes) =>
        changes.Select(c => c.Path.Split('.')[0]).FirstOrDefault(n => IsOfKeys(n, isStruct));

    private RowFront InStruct()
    {
        var empty = new StructType([]);
        if (columns.Length == 0) return new(Schema with { Struct = empty }, []);
        var column = Schema.Fields[columns[0]];
        if (column.Type is not StructType type)
            throw new EngineException(ErrorKind.Invalid, $"the keys of records need a struct column {column.Name}, it is {column.Type}");
        return new(Schema with { Struct = type }, [.. type.Fields.Select((_, i) => FrontColumn.At([columns[0], i]))]);
    }

    private Field Unprefixed(int column) => Schema.Fields[column] with { Name = Schema.Fields[column].Name[Prefix.Length..] };

    /// <summary>What the key's columns lack, said of the table's.</summary>
    private SchemaChange Placed(SchemaChange change) => change switch
    {
        NewField { ParentPath: "", Field: var field } when !isStruct => new NewField("", field with { Name = Prefix + field.Name }),
        NewField added => new NewField(PathOf(added.ParentPath), added.Field),
        WiderColumn wider => wider with { Path = PathOf(wider.Path) },
        OptionalColumn optional => new OptionalColumn(PathOf(optional.Path)),
        RenamedColumn renamed => new RenamedColumn(PathOf(renamed.FormerPath), PathOf(renamed.Path))
        {
            NewName = isStruct || renamed.Path.Contains('.', StringComparison.Ordinal) ? renamed.NewName : Prefix + renamed.NewName,
        },
        AliasedColumn aliased => new AliasedColumn(PathOf(aliased.Path),
            isStruct || aliased.Path.Contains('.', StringComparison.Ordinal) ? aliased.Names : [.. aliased.Names.Select(n => Prefix + n)]),
        _ => change,
    };

    private string PathOf(string path) =>
        isStruct ? path.Length == 0 ? KeyedDecoder.Name : $"{KeyedDecoder.Name}.{path}" : Prefix + path;
}
