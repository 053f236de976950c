using K2I.Columns;

namespace K2I.Decode;

/// <summary>An optional field to add to the struct at <paramref name="ParentPath"/> (dotted, empty for the row).</summary>
public sealed record NewField(string ParentPath, Field Field)
    : SchemaChange(ParentPath.Length == 0 ? Field.Name : $"{ParentPath}.{Field.Name}");
