using K2I.Columns;

namespace K2I.Parquet;

/// <summary>A column of the file that is read as a wanted type.</summary>
internal readonly record struct PlannedLeaf(FileLeaf Leaf, PrimitiveType Type, ValueConversion Conversion);
