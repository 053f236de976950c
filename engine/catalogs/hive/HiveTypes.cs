using K2I.Columns;

namespace K2I.Catalogs.Hive;

/// <summary>What Hive calls the types of columns. They are for Hive's own eyes: readers of the table take its metadata.</summary>
internal static class HiveTypes
{
    public static string NameOf(DataType type) => type switch
    {
        StructType s => $"struct<{string.Join(',', s.Fields.Select(f => $"{f.Name}:{NameOf(f.Type)}"))}>",
        ListType l => $"array<{NameOf(l.Element.Type)}>",
        MapType m => $"map<{NameOf(m.Key.Type)},{NameOf(m.Value.Type)}>",
        PrimitiveType p => NameOf(p),
        _ => "string",
    };

    private static string NameOf(PrimitiveType type) => type.Kind switch
    {
        TypeKind.Boolean => "boolean",
        TypeKind.Int => "int",
        TypeKind.Long => "bigint",
        TypeKind.Float => "float",
        TypeKind.Double => "double",
        TypeKind.Date => "date",
        TypeKind.Timestamp or TypeKind.TimestampNs => "timestamp",
        TypeKind.TimestampTz or TypeKind.TimestampTzNs => "timestamp with local time zone",
        TypeKind.Decimal => $"decimal({type.Precision},{type.Scale})",
        TypeKind.Fixed or TypeKind.Binary => "binary",
        _ => "string",
    };
}
