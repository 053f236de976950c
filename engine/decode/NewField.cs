using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// An optional field to add to the struct at <paramref name="ParentPath"/> (dotted, empty for the row; list and map parts are
/// <c>element</c> and <c>value</c>). Field ids in it are 0.
/// </summary>
public sealed record NewField(string ParentPath, Field Field)
{
    /// <summary>Dotted, the field's name at the end.</summary>
    public string Path => ParentPath.Length == 0 ? Field.Name : $"{ParentPath}.{Field.Name}";
}
