using K2I.Columns;

namespace K2I.Parquet;

/// <summary>The file's fields as a table's schema would say them.</summary>
internal static class FileSchema
{
    internal static Schema Of(FileField[] fields) => new(0, new StructType([.. fields.Select(FieldOf)]));

    internal static Field FieldOf(FileField field) => new(field.Id, field.Name, TypeOf(field), field.Required);

    private static DataType TypeOf(FileField field) => field.Kind switch
    {
        FileFieldKind.Leaf => field.Leaf!.Type,
        FileFieldKind.Struct => new StructType([.. field.Children.Select(FieldOf)]),
        FileFieldKind.List => new ListType(FieldOf(field.Children[0]) with { Name = "element" }),
        _ => new MapType(FieldOf(field.Children[0]) with { Name = "key", Required = true }, FieldOf(field.Children[1]) with { Name = "value" }),
    };
}
