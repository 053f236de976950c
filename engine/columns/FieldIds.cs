using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Columns;

/// <summary>Assigns field ids as Iceberg does: all fields of a struct first, then what is inside each of them.</summary>
public static class FieldIds
{
    /// <summary>The highest id a column may have; those above are Iceberg's metadata columns.</summary>
    public const int Max = 2_147_483_447;

    /// <summary>A schema of these fields, numbered from 1.</summary>
    public static Schema NewSchema(IReadOnlyList<Field> fields) => AssignFresh(new(0, new StructType([.. fields])));

    /// <summary>The schema with every field numbered from 1; identifier fields follow theirs.</summary>
    public static Schema AssignFresh(Schema schema)
    {
        var last = 0;
        var renamed = new Dictionary<int, int>();
        var fresh = (StructType)Assign(schema.Struct, ref last, renamed);
        return schema with { Struct = fresh, IdentifierFieldIds = [.. schema.IdentifierFieldIds.Select(id => renamed[id])] };
    }

    /// <summary>The type with every field in it numbered above <paramref name="last"/>, which moves on.</summary>
    public static DataType Assign(DataType type, ref int last) => Assign(type, ref last, []);

    private static DataType Assign(DataType type, ref int last, Dictionary<int, int> renamed)
    {
        switch (type)
        {
            case StructType s:
                var ids = new int[s.Fields.Length];
                for (var at = 0; at < ids.Length; at++) ids[at] = Next(s.Fields[at], ref last, renamed);
                var fields = ImmutableArray.CreateBuilder<Field>(ids.Length);
                for (var at = 0; at < ids.Length; at++) fields.Add(s.Fields[at] with { Id = ids[at], Type = Assign(s.Fields[at].Type, ref last, renamed) });
                return new StructType(fields.MoveToImmutable());
            case ListType l:
                var element = Next(l.Element, ref last, renamed);
                return new ListType(l.Element with { Id = element, Type = Assign(l.Element.Type, ref last, renamed) });
            case MapType m:
                var (key, value) = (Next(m.Key, ref last, renamed), Next(m.Value, ref last, renamed));
                return new MapType(
                    m.Key with { Id = key, Type = Assign(m.Key.Type, ref last, renamed) },
                    m.Value with { Id = value, Type = Assign(m.Value.Type, ref last, renamed) });
            default:
                return type;
        }
    }

    private static int Next(Field field, ref int last, Dictionary<int, int> renamed)
    {
        if (last >= Max) throw new EngineException(ErrorKind.Full, "the table has used up its field ids");
        renamed[field.Id] = ++last;
        return last;
    }
}
