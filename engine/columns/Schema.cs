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

    /// <summary>
    /// The field with this full name (<c>address.city</c>); list and map parts are <c>element</c>, <c>key</c>, <c>value</c>. Names may hold
    /// dots themselves.
    /// </summary>
    public Field? FindByPath(string path) => FieldsTo(path) is [.., var field] ? field : null;

    /// <summary>The fields on the way to the one with this full name, that one last; none where there is none.</summary>
    public IReadOnlyList<Field> FieldsTo(string path)
    {
        List<Field> way = [];
        _ = Find(Struct, path, way);
        return way;
    }

    /// <summary>The full name of the field with this id; null where there is none.</summary>
    public string? PathOf(int id)
    {
        List<Field> way = [];
        return Find(Struct, id, way) ? string.Join('.', way.Select(f => f.Name)) : null;
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

    private static bool Find(DataType type, ReadOnlySpan<char> path, List<Field> way)
    {
        foreach (var field in ChildrenOf(type))
        {
            if (!path.StartsWith(field.Name, StringComparison.Ordinal)) continue;
            way.Add(field);
            var rest = path[field.Name.Length..];
            if (rest.IsEmpty || (rest[0] == '.' && Find(field.Type, rest[1..], way))) return true;
            way.RemoveAt(way.Count - 1);
        }
        return false;
    }

    private static bool Find(DataType type, int id, List<Field> way)
    {
        foreach (var field in ChildrenOf(type))
        {
            way.Add(field);
            if (field.Id == id || Find(field.Type, id, way)) return true;
            way.RemoveAt(way.Count - 1);
        }
        return false;
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
