using K2I.Columns;

namespace K2I.Decode;

/// <summary>A column whose type is to take more: int as long, float as double, a decimal with more digits.</summary>
public sealed record WiderColumn(string Path, PrimitiveType Type) : SchemaChange(Path);
