using System.Buffers.Binary;
using System.Text.Unicode;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Rows of another decoder, and records' keys in the column <see cref="Name"/>. One thread.</summary>
public sealed class KeyedDecoder : IRecordDecoder
{
    /// <summary>The key's column; a field of that name is passed over.</summary>
    public const string Name = "key";

    private readonly IRecordDecoder decoder;
    private readonly KeyForm form;
    private readonly int column;
    private readonly RowFront front;
    private readonly KeyNode node;

    private KeyedDecoder(Schema schema, KeyForm form, int column, Func<Schema, IRecordDecoder> decoder)
    {
        (Schema, this.form, this.column, node) = (schema, form, column, new(schema.Fields[column]));
        var rest = Enumerable.Range(0, schema.Fields.Length).Where(i => i != column).ToArray();
        front = new(schema with { Struct = new StructType([.. rest.Select(i => schema.Fields[i])]) },
            [.. rest.Select(i => FrontColumn.At([i]))]);
        this.decoder = decoder(front.Schema);
    }

    private sealed class KeyNode(Field field) : DecodeNode(field, null);

    public Schema Schema { get; }

    public DecodeError Error { get; private set; }

    public int IgnoredFields => decoder.IgnoredFields;

    public SchemaId RefusedSchema => decoder.RefusedSchema;

    /// <summary>The column of keys, id 0; null for none.</summary>
    public static Field? Field(KeyForm form) => TypeOf(form) is { } type ? new(0, Name, type, false) : null;

    /// <summary>
    /// <paramref name="decoder"/> for the schema that it is given, with keys beside it where there are to be any. Throws Invalid where the
    /// column of keys is missing or of another type.
    /// </summary>
    public static IRecordDecoder Of(Schema schema, KeyForm form, Func<Schema, IRecordDecoder> decoder)
    {
        if (TypeOf(form) is not { } type) return decoder(schema);
        var column = schema.Fields.IndexOf(schema.Struct.Find(Name)!);
        if (column < 0 || !schema.Fields[column].Type.Equals(type))
            throw new EngineException(ErrorKind.Invalid, $"the keys of records need a column {Name} of type {type}");
        return new KeyedDecoder(schema, form, column, decoder);
    }

    public DecodeStatus Decode(in RecordInput record, BatchBuilder row)
    {
        var status = decoder.Decode(in record, front.Of(row));
        if (status != DecodeStatus.Ok)
        {
            Error = decoder.Error;
            return status;
        }
        var into = row.Column(column);
        if (record.KeyIsNull && into.Field.Required) return Fail(DecodeStatus.MissingRequired, null);
        if (record.KeyIsNull) into.AppendNull();
        else return Append(record.Key, into);
        return DecodeStatus.Ok;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SchemaChange> Changes(IEnumerable<ReadOnlyMemory<byte>> values) => decoder.Changes(values);

    private DecodeStatus Append(ReadOnlySpan<byte> key, ColumnBuilder into)
    {
        switch (form)
        {
            case KeyForm.Int when key.Length == sizeof(int):
                into.AppendInt(BinaryPrimitives.ReadInt32BigEndian(key));
                return DecodeStatus.Ok;
            case KeyForm.Long when key.Length == sizeof(long):
                into.AppendLong(BinaryPrimitives.ReadInt64BigEndian(key));
                return DecodeStatus.Ok;
            case KeyForm.Int or KeyForm.Long:
                return Fail(DecodeStatus.Malformed, "the key has another length");
            case KeyForm.String when !Utf8.IsValid(key):
                return Fail(DecodeStatus.InvalidUtf8, "of the key");
            default:
                into.AppendBytes(key);
                return DecodeStatus.Ok;
        }
    }

    private DecodeStatus Fail(DecodeStatus status, string? hint)
    {
        Error = new(status, 0, node, hint: hint);
        return status;
    }

    private static PrimitiveType? TypeOf(KeyForm form) => form switch
    {
        KeyForm.String => PrimitiveType.String,
        KeyForm.Bytes => PrimitiveType.Binary,
        KeyForm.Int => PrimitiveType.Int,
        KeyForm.Long => PrimitiveType.Long,
        _ => null,
    };
}
