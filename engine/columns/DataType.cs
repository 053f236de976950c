namespace K2I.Columns;

/// <summary>A column's logical type: a <see cref="PrimitiveType"/>, <see cref="StructType"/>, <see cref="ListType"/> or <see cref="MapType"/>. Immutable; equal by value.</summary>
public abstract record DataType(TypeKind Kind)
{
    public bool IsNested => Kind >= TypeKind.Struct;
}
