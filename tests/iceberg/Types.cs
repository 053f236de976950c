using K2I.Columns;

namespace K2I.Iceberg.Tests;

/// <summary>One type of each primitive kind.</summary>
internal static class Types
{
    public static PrimitiveType Of(TypeKind kind) => kind switch
    {
        TypeKind.Decimal => PrimitiveType.Decimal(38, 10),
        TypeKind.Fixed => PrimitiveType.Fixed(5),
        _ => PrimitiveType.TryParse(kind switch
        {
            TypeKind.TimestampTz => "timestamptz",
            TypeKind.TimestampNs => "timestamp_ns",
            TypeKind.TimestampTzNs => "timestamptz_ns",
            _ => kind.ToString().ToLowerInvariant(),
        }, out var type) ? type : throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static readonly TypeKind[] Primitives = [.. Enum.GetValues<TypeKind>().Where(k => k < TypeKind.Struct)];
}
