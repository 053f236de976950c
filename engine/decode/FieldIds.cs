using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Fresh field ids in the order Iceberg gives them: all fields of a struct, then what is inside each of them.</summary>
public static class FieldIds
{
    /// <summary>The fields with ids counted up from <paramref name="next"/>, which is left at the first id not used.</summary>
    public static ImmutableArray<Field> Assign(IReadOnlyList<Field> fields, ref int next)
    {
        var ids = new int[fields.Count];
        for (var i = 0; i < ids.Length; i++) ids[i] = next++;
        var assigned = ImmutableArray.CreateBuilder<Field>(ids.Length);
        for (var i = 0; i < ids.Length; i++) assigned.Add(fields[i] with { Id = ids[i], Type = Assign(fields[i].Type, ref next) });
        return assigned.MoveToImmutable();
    }

    /// <summary>The type with ids for everything inside it.</summary>
    public static DataType Assign(DataType type, ref int next)
    {
        switch (type)
        {
            case StructType s:
                return new StructType(Assign(s.Fields, ref next));
            case ListType l:
                return new ListType(Assign([l.Element], ref next)[0]);
            case MapType m:
                var pair = Assign([m.Key, m.Value], ref next);
                return new MapType(pair[0], pair[1]);
            default:
                return type;
        }
    }

    /// <summary>A schema of these fields, ids from 1.</summary>
    public static Schema NewSchema(IReadOnlyList<Field> fields)
    {
        var next = 1;
        return new Schema(0, new StructType(Assign(fields, ref next)));
    }
}
