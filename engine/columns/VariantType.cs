using System.Collections.Immutable;

namespace K2I.Columns;

/// <summary>
/// A value of any shape, as JSON has them, of Iceberg's format version 3: encoded, and in memory a struct of its two <see cref="Parts"/>.
/// Those are no fields of a schema: they have no ids, and paths do not lead to them. Source: parquet-format, VariantEncoding.md.
/// </summary>
public sealed record VariantType : DataType
{
    public static readonly VariantType Instance = new();

    private VariantType() : base(TypeKind.Variant)
    {
    }

    /// <summary>The names that its objects use, and the value itself. Null values have neither.</summary>
    public static ImmutableArray<Field> Parts { get; } =
        [new(0, "metadata", PrimitiveType.Binary, true), new(0, "value", PrimitiveType.Binary, true)];

    /// <summary>The type's name as Iceberg's JSON writes it.</summary>
    public override string ToString() => "variant";

    /// <summary>What lies in memory below a column: the fields of a nested type, or a variant's parts.</summary>
    public static ImmutableArray<Field> PartsOf(DataType type) => type is VariantType ? Parts : Schema.ChildrenOf(type);
}
