using K2I.Columns;

namespace K2I.Decode;

/// <summary>What the values seen at one place have in common, growing value by value.</summary>
internal sealed class InferredType
{
    private const int MaxMembers = 1000;

    private readonly Dictionary<string, InferredType> byName = new(StringComparer.Ordinal);
    private readonly List<string> order = [];
    private InferredType? element;
    /// <summary>True, long, double or string were seen; null until then.</summary>
    private PrimitiveType? scalar;

    private bool mixed;

    /// <summary>Members in the order they were first seen.</summary>
    internal IEnumerable<(string Name, InferredType Type)> Members => order.Select(n => (n, byName[n]));

    internal InferredType? Element => element;

    internal void See(PrimitiveType type)
    {
        if (scalar is null || ReferenceEquals(scalar, type)) scalar = type;
        else if (IsNumber(scalar) && IsNumber(type)) scalar = PrimitiveType.Double;
        else mixed = true;
    }

    internal InferredType SeeArray() => element ??= new();

    /// <summary>The member of that name; null for one too many, or no name.</summary>
    internal InferredType? Member(string name)
    {
        if (byName.TryGetValue(name, out var member)) return member;
        if (name.Length == 0 || order.Count == MaxMembers) return null;
        order.Add(name);
        return byName[name] = new();
    }

    internal void Forget(string name) => order.Remove(name);

    /// <summary>The type that takes all the values; null while only nulls and empty objects and arrays were seen. Paths of conflicts go to <paramref name="conflicts"/>.</summary>
    internal DataType? Resolve(string path, List<string> conflicts)
    {
        var inside = conflicts.Count;
        var list = element?.Resolve(path + ".element", conflicts) is { } type ? ListType.Of(0, type) : null;
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
