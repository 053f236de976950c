using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>What columns a table may have in which format version. Source: table spec, "Primitive Types" and "Default values".</summary>
public static class FormatRules
{
    /// <summary>Names the first column that a table of this format version cannot have, and why; null if it can have all.</summary>
    public static string? Refusal(Schema schema, int formatVersion) => formatVersion >= 3 ? null : Refusal(schema.Struct, "");

    internal static bool IsOfVersion3(DataType type) => type.Kind is TypeKind.TimestampNs or TypeKind.TimestampTzNs or TypeKind.Variant;

    private static string? Refusal(DataType type, string path)
    {
        foreach (var field in Schema.ChildrenOf(type))
        {
            var name = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            if (IsOfVersion3(field.Type)) return $"column '{name}' has type {field.Type}, which needs format version 3";
            if (field.InitialDefault is not null || field.WriteDefault is not null) return $"column '{name}' has a default value, which needs format version 3";
            if (Refusal(field.Type, name) is { } below) return below;
        }
        return null;
    }
}
