using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode.Protobuf;

/// <summary>A message's fields as columns; the table is in the documentation of record formats. A control path.</summary>
internal sealed class ProtoColumns
{
    /// <summary>Messages in messages; what lies deeper is JSON text.</summary>
    private const int MaxDepth = 30;

    private readonly Stack<ProtoMessage> open = new();
    private int count;

    /// <summary>
    /// One optional column a field: what a message lacks is null, or the zero of a field without presence. A message that holds itself, or
    /// no field, is a string of JSON. Throws Invalid for more columns than a table may have.
    /// </summary>
    internal static WrittenColumns Of(ProtoMessage message)
    {
        var columns = new ProtoColumns();
        columns.open.Push(message);
        var fields = columns.FieldsOf(message);
        return new(fields, ImmutableDictionary<string, ImmutableArray<string>>.Empty, ImmutableDictionary<string, string>.Empty);
    }

    private ImmutableArray<Field> FieldsOf(ProtoMessage message)
    {
        count += message.Fields.Length;
        if (count > ColumnNames.MaxColumns)
            throw new EngineException(ErrorKind.Invalid, $"message {message.FullName} brings more than {ColumnNames.MaxColumns} columns");
        return [.. message.Fields.Select(f => new Field(0, f.Name, TypeOf(f), false) { Doc = DocOf(f) })];
    }

    private DataType TypeOf(ProtoField field)
    {
        if (!field.IsRepeated) return ValueOf(field);
        if (field.IsMap) return MapType.Of(0, ValueOf(field.Message!.Find(1)!), 0, ValueOf(field.Message.Find(2)!), valueRequired: true);
        return ListType.Of(0, ValueOf(field), required: true);
    }

    private DataType ValueOf(ProtoField field) => field.Kind switch
    {
        ProtoKind.Double => PrimitiveType.Double,
        ProtoKind.Float => PrimitiveType.Float,
        ProtoKind.Bool => PrimitiveType.Boolean,
        ProtoKind.Int32 or ProtoKind.SInt32 or ProtoKind.SFixed32 => PrimitiveType.Int,
        ProtoKind.Int64 or ProtoKind.SInt64 or ProtoKind.SFixed64 or ProtoKind.UInt32 or ProtoKind.Fixed32 => PrimitiveType.Long,
        ProtoKind.UInt64 or ProtoKind.Fixed64 => PrimitiveType.Decimal(20, 0),
        ProtoKind.Bytes => PrimitiveType.Binary,
        ProtoKind.Message or ProtoKind.Group => MessageType(field.Message!),
        _ => PrimitiveType.String,
    };

    private DataType MessageType(ProtoMessage message)
    {
        switch (message.WellKnown)
        {
            case WellKnown.Timestamp:
                return PrimitiveType.TimestampTz;
            case WellKnown.Duration:
                return PrimitiveType.Long;
            case WellKnown.Wrapper:
                return ValueOf(message.Fields[0]);
            case WellKnown.Struct or WellKnown.Value or WellKnown.ListValue:
                return PrimitiveType.String;
            default:
                if (message.Fields.IsEmpty || open.Count > MaxDepth || open.Contains(message)) return PrimitiveType.String;
                open.Push(message);
                var fields = FieldsOf(message);
                open.Pop();
                return new StructType(fields);
        }
    }

    private static string? DocOf(ProtoField field) =>
        field is { IsRepeated: false, Message.WellKnown: WellKnown.Duration } ? "Microseconds." : null;
}
