namespace K2I.Columns;

/// <summary>A column's logical type: a <see cref="PrimitiveType"/>, <see cref="StructType"/>, <see cref="ListType"/>, <see cref="MapType"/> or <see cref="VariantType"/>. Immutable; equal by value.</summary>
public abstract record DataType(TypeKind Kind)
{
    /// <summary>It is no single value: a variant is none, either.</summary>
    public bool IsNested => Kind >= TypeKind.Struct;
}
