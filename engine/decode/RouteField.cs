using K2I.Columns;

namespace K2I.Decode;

/// <summary>The field of a record whose value says which table the record goes to. Immutable.</summary>
public sealed class RouteField
{
    /// <summary>The one column of who reads no more of a record than its value; a field of that name is passed over.</summary>
    public const string Column = "k2i_route";

    private readonly string[] names;

    private RouteField(string[] names) => this.names = names;

    /// <summary>A field's name, from the record down, such as <c>user.kind</c>; null, with flaws, for anything else.</summary>
    public static RouteField? Parse(string text, ICollection<TransformFlaw> flaws)
    {
        List<TransformFlaw> own = [];
        var entries = new TransformParser("route_by", text, null, own).Entries();
        if (own.Count == 0 && entries.Count != 1) own.Add(new("route_by", 0, "expected one field"));
        foreach (var flaw in own) flaws.Add(flaw);
        return own.Count == 0 ? new(entries[0].Names) : null;
    }

    /// <summary>The column, id 0.</summary>
    public static Field Field => new(0, Column, PrimitiveType.String, false);

    /// <summary>
    /// What makes the column of a record; <paramref name="areTyped"/> where fields have types of their own, and not JSON's, which a column
    /// of text takes as they are.
    /// </summary>
    public TransformTexts Transforms(bool areTyped)
    {
        var path = Path(names.Length);
        return new()
        {
            Flatten = names.Length == 1 ? null : string.Join(", ", Enumerable.Range(1, names.Length - 1).Select(Path)),
            Rename = $"{path}: {Column}",
            Cast = areTyped ? $"{path}: string" : null,
        };
    }

    private string Path(int parts) =>
        string.Join('.', names.Take(parts).Select(n => $"`{n.Replace("`", "``", StringComparison.Ordinal)}`"));
}
