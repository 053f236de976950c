using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Writes the <see cref="KafkaColumn"/> of rows. Fields are found by name, so a table that has only some of them, or more, works too: those it
/// does not know get their default or null, and null is what becomes of a timestamp outside the years 0001 to 9999. One thread;
/// no allocation per row.
/// </summary>
public sealed class KafkaColumnWriter
{
    private enum Part
    {
        None,
        Topic,
        Partition,
        Offset,
        Timestamp,
        TimestampType,
        Key,
        Headers,
    }

    private readonly int columnIndex;
    private readonly Part[] parts;
    private readonly DefaultValue?[] defaults;
    private readonly ColumnBuilder[] columns;
    private BatchBuilder? bound;
    private ColumnBuilder column = null!;

    /// <summary>A writer of the column called <paramref name="name"/>; throws where the schema has none that fits.</summary>
    public KafkaColumnWriter(Schema schema, string name = KafkaColumn.Name)
    {
        Schema = schema;
        columnIndex = IndexOf(schema, name);
        if (columnIndex < 0 || schema.Fields[columnIndex].Type is not StructType type)
            throw new EngineException(ErrorKind.Invalid, $"column {name}: a struct column is needed for the Kafka metadata");
        parts = [.. type.Fields.Select(PartOf)];
        defaults = [.. type.Fields.Select(f => PartOf(f) == Part.None ? DefaultValue.Of(f) : null)];
        columns = new ColumnBuilder[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] == Part.None && type.Fields[i].Required && defaults[i] is null)
                throw new EngineException(ErrorKind.Invalid, $"column {name}.{type.Fields[i].Name}: required, but not a part of the Kafka metadata of that type");
        }
    }

    public Schema Schema { get; }

    /// <summary>The column's index in the schema; -1 where there is none of that name.</summary>
    public static int IndexOf(Schema schema, string name = KafkaColumn.Name)
    {
        for (var i = 0; i < schema.Fields.Length; i++)
            if (schema.Fields[i].Name == name) return i;
        return -1;
    }

    /// <summary>Appends the record's metadata to the current row.</summary>
    public void Write(in RecordInput record, BatchBuilder row)
    {
        if (!ReferenceEquals(row, bound)) Bind(row);
        for (var i = 0; i < parts.Length; i++)
        {
            var target = columns[i];
            switch (parts[i])
            {
                case Part.Topic:
                    target.AppendBytes(record.Topic);
                    break;
                case Part.Partition:
                    target.AppendInt(record.Partition);
                    break;
                case Part.Offset:
                    target.AppendLong(record.Offset.Value);
                    break;
                case Part.Timestamp when record.TimestampKind != TimestampKind.None && TimeRange.HasMs(record.TimestampMs):
                    target.AppendLong(record.TimestampMs * 1000);
                    break;
                case Part.TimestampType when record.TimestampKind != TimestampKind.None:
                    target.AppendBytes(record.TimestampKind == TimestampKind.CreateTime ? "CreateTime"u8 : "LogAppendTime"u8);
                    break;
                case Part.Key when !record.KeyIsNull:
                    target.AppendBytes(record.Key);
                    break;
                case Part.Headers when record.Headers is { } headers:
                    WriteHeaders(headers, target);
                    break;
                case Part.None when defaults[i] is { } value:
                    value.AppendTo(target);
                    break;
                default:
                    target.AppendNull();
                    break;
            }
        }
        column.EndStruct();
    }

    private static void WriteHeaders(IRecordHeaders headers, ColumnBuilder list)
    {
        var header = list.Child(0);
        var keys = header.Child(0);
        var values = header.Child(1);
        for (var i = 0; headers.TryRead(i, out var key, out var value, out var valueIsNull); i++)
        {
            Utf8Text.Append(keys, key);
            if (valueIsNull) values.AppendNull();
            else values.AppendBytes(value);
            header.EndStruct();
        }
        list.EndList();
    }

    private static Part PartOf(Field field) => (field.Name, field.Type.Kind) switch
    {
        ("topic", TypeKind.String) => Part.Topic,
        ("partition", TypeKind.Int) => Part.Partition,
        ("offset", TypeKind.Long) => Part.Offset,
        ("timestamp", TypeKind.TimestampTz) => Part.Timestamp,
        ("timestamp_type", TypeKind.String) => Part.TimestampType,
        ("key", TypeKind.Binary) => Part.Key,
        ("headers", TypeKind.List) when IsHeaders((ListType)field.Type) => Part.Headers,
        _ => Part.None,
    };

    private static bool IsHeaders(ListType list) =>
        list.Element.Type is StructType { Fields: [{ Name: "key", Type.Kind: TypeKind.String }, { Name: "value", Type.Kind: TypeKind.Binary }] };

    private void Bind(BatchBuilder row)
    {
        Check.That(row.Schema.Equals(Schema));
        column = row.Column(columnIndex);
        for (var i = 0; i < columns.Length; i++) columns[i] = column.Child(i);
        bound = row;
    }
}
