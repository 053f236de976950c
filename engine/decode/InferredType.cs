using K2I.Columns;

namespace K2I.Decode;

/// <summary>What the values seen at one place have in common, growing value by value.</summary>
internal sealed class InferredType
{
    private OrderedDictionary<string, InferredType>? members;
    /// <summary>True, long, double or string were seen; null until then.</summary>
    private PrimitiveType? scalar;

    private bool mixed;

    /// <summary>Members in the order they were first seen.</summary>
    internal IEnumerable<KeyValuePair<string, InferredType>> Members => members ?? [];

    /// <summary>What the elements of arrays have in common; null until one was seen.</summary>
    internal InferredType? Element { get; set; }

    internal void See(PrimitiveType type)
    {
        if (scalar is null || ReferenceEquals(scalar, type)) scalar = type;
        else if (IsNumber(scalar) && IsNumber(type)) scalar = PrimitiveType.Double;
        else mixed = true;
    }

    /// <summary>The member of that name; null where none was seen so far.</summary>
    internal InferredType? Member(string name) => members?.GetValueOrDefault(name);

    internal void Add(string name, InferredType member) => (members ??= new(StringComparer.Ordinal)).Add(name, member);

    /// <summary>The type that takes all the values; null while only nulls and empty objects and arrays were seen. Paths of conflicts go to <paramref name="conflicts"/>.</summary>
    internal DataType? Resolve(string path, List<string> conflicts)
    {
        var inside = conflicts.Count;
        var list = Element?.Resolve(path + ".element", conflicts) is { } type ? ListType.Of(0, type) : null;
        var fields = Fields(path, conflicts);
        var kinds = (scalar is null ? 0 : 1) + (list is null ? 0 : 1) + (fields.Count > 0 ? 1 : 0);
        if (!mixed && kinds <= 1) return scalar ?? list ?? (fields.Count > 0 ? new StructType([.. fields]) : (DataType?)null);
        conflicts.RemoveRange(inside, conflicts.Count - inside);
        conflicts.Add(path);
        return PrimitiveType.String;
    }

    /// <summary>The members that have a type, as optional fields.</summary>
    internal List<Field> Fields(string path, List<string> conflicts)
    {
        List<Field> fields = [];
        foreach (var (name, member) in Members)
            if (member.Resolve(path.Length == 0 ? name : path + "." + name, conflicts) is { } type) fields.Add(new Field(0, name, type, false));
        return fields;
    }

    private static bool IsNumber(PrimitiveType type) => type.Kind is TypeKind.Long or TypeKind.Double;
}
