using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>A version 3 type that this build carries through metadata but cannot read or write values of: unknown, geometry, geography.</summary>
public sealed record OpaqueType(string Name) : DataType(TypeKind.Binary)
{
    internal static bool TryParse(string text, out OpaqueType type)
    {
        type = new OpaqueType(text);
        return text is "unknown" or "geometry" or "geography"
            || text.StartsWith("geometry(", StringComparison.Ordinal) || text.StartsWith("geography(", StringComparison.Ordinal);
    }

    public override string ToString() => Name;
}
