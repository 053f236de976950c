namespace K2I.Columns;

/// <summary>Any number of elements. The element field is named <c>element</c>.</summary>
public sealed record ListType(Field Element) : DataType(TypeKind.List)
{
    public static ListType Of(int elementId, DataType element, bool required = false) => new(new Field(elementId, "element", element, required));

    public override string ToString() => $"list<{Element.Type}>";
}
