using System.Collections.Immutable;

namespace K2I.Columns;

/// <summary>The fields of a table's rows, with the schema's id and the ids of its identifier (row key) fields.</summary>
public sealed record Schema(int SchemaId, StructType Struct)
{
    public ImmutableArray<int> IdentifierFieldIds { get; init; } = [];

    public ImmutableArray<Field> Fields => Struct.Fields;

    public static Schema Of(params Field[] fields) => new(0, new StructType([.. fields]));

    /// <summary>The field with this id at any depth, list elements, map keys and values included.</summary>
    public Field? FindById(int id) => FindById(Struct, id);

    /// <summary>The field at a dotted path through structs (<c>address.city</c>); list and map parts are <c>element</c>, <c>key</c>, <c>value</c>.</summary>
    public Field? FindByPath(string path)
    {
        DataType type = Struct;
        Field? field = null;
        foreach (var part in path.Split('.'))
        {
            field = Child(type, part);
            if (field is null) return Struct.Find(path);
            type = field.Type;
        }
        return field;
    }

    /// <summary>The highest field id at any depth; 0 without fields.</summary>
    public int HighestId() => HighestId(Struct);

    public bool Equals(Schema? other) =>
        other is not null && SchemaId == other.SchemaId && Struct.Equals(other.Struct) && IdentifierFieldIds.AsSpan().SequenceEqual(other.IdentifierFieldIds.AsSpan());

    public override int GetHashCode() => HashCode.Combine(SchemaId, Struct);

    /// <summary>The direct child fields of a nested type; none for a primitive.</summary>
    public static ImmutableArray<Field> ChildrenOf(DataType type) => type switch
    {
        StructType s => s.Fields,
        ListType l => [l.Element],
        MapType m => [m.Key, m.Value],
        _ => [],
    };

    private static Field? Child(DataType type, string name)
    {
        foreach (var field in ChildrenOf(type))
            if (field.Name == name) return field;
        return null;
    }

    private static Field? FindById(DataType type, int id)
    {
        foreach (var field in ChildrenOf(type))
        {
            if (field.Id == id) return field;
            if (FindById(field.Type, id) is { } found) return found;
        }
        return null;
    }

    private static int HighestId(DataType type)
    {
        var highest = 0;
        foreach (var field in ChildrenOf(type)) highest = Math.Max(highest, Math.Max(field.Id, HighestId(field.Type)));
        return highest;
    }
}
