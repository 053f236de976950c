using K2I.Columns;

namespace K2I.Decode;

/// <summary>What the values seen at one place have in common, growing value by value. Members are told apart by <paramref name="names"/>.</summary>
internal sealed class InferredType(IEqualityComparer<string> names)
{
    private OrderedDictionary<string, InferredType>? members;
    private ValueSorts scalars;

    /// <summary>Members in the order they were first seen, spelled as then.</summary>
    internal IEnumerable<KeyValuePair<string, InferredType>> Members => members ?? [];

    /// <summary>What the elements of arrays have in common; null until one was seen.</summary>
    internal InferredType? Element { get; set; }

    internal void See(ValueSorts sort) => scalars |= sort;

    /// <summary>The member of that name; null where none was seen so far.</summary>
    internal InferredType? Member(string name) => members?.GetValueOrDefault(name);

    internal void Add(string name, InferredType member) => (members ??= new(names)).Add(name, member);

    /// <summary>
    /// The type that takes all the values; null while only nulls and empty objects and arrays were seen. Those at a path of
    /// <paramref name="times"/> are to be times. Paths of conflicts go to <paramref name="conflicts"/>.
    /// </summary>
    internal DataType? Resolve(string path, IReadOnlySet<string> times, List<string> conflicts)
    {
        var inside = conflicts.Count;
        var list = Element?.Resolve(path + ".element", times, conflicts) is { } type ? ListType.Of(0, type) : null;
        var fields = Fields(path, times, conflicts);
        var kinds = (scalars == ValueSorts.None ? 0 : 1) + (list is null ? 0 : 1) + (fields.Count > 0 ? 1 : 0);
        if (kinds == 0) return null;
        if (kinds == 1 && list is not null) return list;
        if (kinds == 1 && fields.Count > 0) return new StructType([.. fields]);
        if (kinds == 1 && ValueSorter.TypeOf(scalars, times.Contains(path)) is { } scalar) return scalar;
        conflicts.RemoveRange(inside, conflicts.Count - inside);
        conflicts.Add(path);
        return PrimitiveType.String;
    }

    /// <summary>The members that have a type, as optional fields.</summary>
    internal List<Field> Fields(string path, IReadOnlySet<string> times, List<string> conflicts)
    {
        List<Field> fields = [];
        foreach (var (name, member) in Members)
        {
            var at = path.Length == 0 ? name : path + "." + name;
            if (member.Resolve(at, times, conflicts) is { } type) fields.Add(new Field(0, name, type, false));
        }
        return fields;
    }
}
