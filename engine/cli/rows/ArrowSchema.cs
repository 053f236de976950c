using K2I.Base;
using K2I.Columns;

namespace K2I.Cli.Rows;

/// <summary>A schema as an Arrow message. Source: Arrow's Schema.fbs and Message.fbs.</summary>
internal static class ArrowSchema
{
    private const byte SchemaHeader = 1;
    private const byte Int = 2, FloatingPoint = 3, Binary = 4, Utf8 = 5, Bool = 6, Decimal = 7, Date = 8, Time = 9, Timestamp = 10, List = 12, Struct = 13, FixedSizeBinary = 15, Map = 17;
    private const short Microseconds = 2, Nanoseconds = 3;

    public static byte[] Message(Schema schema)
    {
        var buffer = new FlatBuffer();
        var fields = buffer.Vector([.. schema.Fields.Select(f => FieldOf(buffer, f))]);
        buffer.StartTable(4);
        buffer.Reference(1, fields);
        return Message(buffer, SchemaHeader, buffer.EndTable(), 0);
    }

    /// <summary>Wraps a header of a kind into a message of version 5.</summary>
    public static byte[] Message(FlatBuffer buffer, byte kind, int header, long bodyBytes)
    {
        buffer.StartTable(5);
        buffer.Long(3, bodyBytes);
        buffer.Reference(2, header);
        buffer.Short(0, 4);
        buffer.Byte(1, kind);
        return buffer.Finish(buffer.EndTable());
    }

    private static int FieldOf(FlatBuffer buffer, Field field)
    {
        var children = field.Type is MapType map
            ? buffer.Vector([FieldOf(buffer, new Field(0, "entries", new StructType([map.Key, map.Value]), true))])
            : buffer.Vector([.. Schema.ChildrenOf(field.Type).Select(c => FieldOf(buffer, c))]);
        var name = buffer.String(field.Name);
        var (kind, type) = TypeOf(buffer, field);
        buffer.StartTable(7);
        buffer.Reference(0, name);
        buffer.Reference(3, type);
        buffer.Reference(5, children);
        buffer.Byte(2, kind);
        buffer.Byte(1, field.Required ? (byte)0 : (byte)1);
        return buffer.EndTable();
    }

    private static (byte Kind, int Table) TypeOf(FlatBuffer buffer, Field field)
    {
        var type = field.Type;
        var zone = type.Kind is TypeKind.TimestampTz or TypeKind.TimestampTzNs ? buffer.String("UTC") : 0;
        buffer.StartTable(3);
        switch (type.Kind)
        {
            case TypeKind.Int or TypeKind.Long:
                buffer.Int(0, type.Kind == TypeKind.Int ? 32 : 64);
                buffer.Byte(1, 1);
                return (Int, buffer.EndTable());
            case TypeKind.Float or TypeKind.Double:
                buffer.Short(0, type.Kind == TypeKind.Float ? (short)1 : (short)2);
                return (FloatingPoint, buffer.EndTable());
            case TypeKind.Decimal:
                buffer.Int(0, ((PrimitiveType)type).Precision);
                buffer.Int(1, ((PrimitiveType)type).Scale);
                buffer.Int(2, 128);
                return (Decimal, buffer.EndTable());
            case TypeKind.Date:
                buffer.Short(0, 0);
                return (Date, buffer.EndTable());
            case TypeKind.Time:
                buffer.Int(1, 64);
                buffer.Short(0, Microseconds);
                return (Time, buffer.EndTable());
            case TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs:
                if (zone != 0) buffer.Reference(1, zone);
                buffer.Short(0, type.Kind is TypeKind.Timestamp or TypeKind.TimestampTz ? Microseconds : Nanoseconds);
                return (Timestamp, buffer.EndTable());
            case TypeKind.Uuid or TypeKind.Fixed:
                buffer.Int(0, type.Kind == TypeKind.Uuid ? 16 : ((PrimitiveType)type).Length);
                return (FixedSizeBinary, buffer.EndTable());
            case TypeKind.Boolean:
                return (Bool, buffer.EndTable());
            case TypeKind.String:
                return (Utf8, buffer.EndTable());
            case TypeKind.Binary:
                return (Binary, buffer.EndTable());
            case TypeKind.List:
                return (List, buffer.EndTable());
            case TypeKind.Struct:
                return (Struct, buffer.EndTable());
            case TypeKind.Map:
                return (Map, buffer.EndTable());
            default:
                throw new EngineException(ErrorKind.Unsupported, $"column '{field.Name}' of type {type} cannot be written as Arrow");
        }
    }
}
