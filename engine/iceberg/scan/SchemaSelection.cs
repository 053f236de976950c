using System.Collections.Immutable;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Parts of schemas: structs keep only the fields that are wanted.</summary>
public static class SchemaSelection
{
    /// <summary>The columns at these paths; several of one struct share it. No paths: everything.</summary>
    internal static StructType ByPath(Schema schema, ImmutableArray<string> paths)
    {
        if (paths.IsDefaultOrEmpty) return schema.Struct;
        var fields = new List<Field>();
        foreach (var path in paths)
        {
            var field = schema.FindByPath(path) ?? throw new EngineException(ErrorKind.NotFound, $"there is no column '{path}'");
            var part = Keep(schema.Struct, [field.Id]).Fields[0];
            var known = fields.FindIndex(f => f.Id == part.Id);
            if (known < 0) fields.Add(part);
            else fields[known] = Keep(schema.Struct, [.. Leaves(fields[known]), field.Id]).Fields[0];
        }
        return new StructType([.. fields]);
    }

    /// <summary>The fields with these ids, and of the structs around them only what leads there.</summary>
    public static StructType Keep(StructType from, HashSet<int> ids)
    {
        var kept = ImmutableArray.CreateBuilder<Field>();
        foreach (var field in from.Fields)
        {
            if (ids.Contains(field.Id)) kept.Add(field);
            else if (field.Type is StructType inner && Keep(inner, ids) is { Fields.Length: > 0 } part) kept.Add(field with { Type = part });
            else if (field.Type is ListType or MapType && Holds(field.Type, ids)) kept.Add(field);
        }
        return new StructType(kept.ToImmutable());
    }

    private static bool Holds(DataType type, HashSet<int> ids)
    {
        foreach (var child in Schema.ChildrenOf(type))
            if (ids.Contains(child.Id) || Holds(child.Type, ids)) return true;
        return false;
    }

    /// <summary>The field and those below it through structs, as far as they are not structs themselves.</summary>
    private static IEnumerable<int> Leaves(Field field) => field.Type is StructType inner ? inner.Fields.SelectMany(Leaves) : [field.Id];
}
