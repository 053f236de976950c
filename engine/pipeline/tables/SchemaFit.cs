using System.Collections.Immutable;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>Whether rows of wanted columns can go into an existing table, and what the table lacks for it.</summary>
internal static class SchemaFit
{
    /// <summary>
    /// The fields, at any depth, that the table does not have of the declared columns (null: any the records bring) and of the Kafka column. Throws Invalid where
    /// a column is there with a type that does not take the values, or could never be filled.
    /// </summary>
    internal static List<NewField> Missing(string table, IReadOnlyList<Field>? declared, bool kafkaColumn, Schema schema)
    {
        var missing = new List<NewField>();
        var misfits = new List<string>();
        FindUnwritable(schema.Struct, "", misfits);
        List<Field> wanted = [.. declared ?? []];
        if (kafkaColumn) wanted.Add(KafkaColumn.Field(0));
        Compare(wanted, schema.Struct, "", allAreWanted: declared is not null, missing, misfits);
        if (misfits.Count > 0) throw TableStop.Misfit($"incompatible schema: table {table}: {string.Join("; ", misfits)}");
        return missing;
    }

    /// <summary>
    /// Records that were decoded into <paramref name="known"/> can go on as <paramref name="now"/>: it has the same fields, perhaps wider or
    /// optional now, and others that are optional or have a default.
    /// </summary>
    /// <param name="known">The columns until now.</param>
    /// <param name="now">Those of the table.</param>
    /// <param name="byName">
    /// Records name columns as the table did; else they have schemas of their own, and a plan finds what was renamed or dropped.
    /// </param>
    internal static bool Continues(DataType known, DataType now, bool byName = true)
    {
        if (known.Kind is not (TypeKind.Struct or TypeKind.List or TypeKind.Map)) return Takes(now, known);
        if (known.Kind != now.Kind) return false;
        var (old, current) = (Schema.ChildrenOf(known), Schema.ChildrenOf(now));
        return current.All(f => !f.Required || f.WriteDefault is not null || old.Any(o => o.Id == f.Id))
            && old.All(o => current.FirstOrDefault(f => f.Id == o.Id) is { } same
                ? (!byName || same.Name == o.Name) && (o.Required || !same.Required) && Continues(o.Type, same.Type, byName)
                : !byName);
    }

    /// <summary>
    /// The change of a table's schema that these are; one that holds already counts as made.
    /// </summary>
    internal static UpdateSchema UpdateOf(IEnumerable<SchemaChange> changes, ImmutableSortedDictionary<string, string>? properties = null)
    {
        var update = new UpdateSchema { Properties = properties ?? ImmutableSortedDictionary<string, string>.Empty };
        foreach (var change in changes)
        {
            _ = change switch
            {
                NewField(var parent, var field) => update.Add(parent, field),
                WiderColumn(var path, var type) => update.Widen(path, type),
                RenamedColumn renamed => update.Rename(renamed.FormerPath, renamed.NewName),
                AliasedColumn => update,
                _ => update.MakeOptional(change.Path),
            };
        }
        return update;
    }

    private static void FindUnwritable(DataType type, string path, List<string> misfits)
    {
        foreach (var field in Schema.ChildrenOf(type))
        {
            var at = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            if (field.Type is OpaqueType) misfits.Add($"column {at} is {field.Type}, which this build does not write");
            else FindUnwritable(field.Type, at, misfits);
        }
    }

    private static void Compare(IReadOnlyList<Field> wanted, StructType actual, string path, bool allAreWanted, List<NewField> missing, List<string> misfits)
    {
        foreach (var field in wanted)
        {
            var at = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            if (actual.Find(field.Name) is not { } known) missing.Add(new(path, field with { Required = false }));
            else Compare(field.Type, known.Type, at, missing, misfits);
        }
        if (!allAreWanted) return;
        foreach (var field in actual.Fields)
            if (field.Required && field.WriteDefault is null && wanted.All(w => w.Name != field.Name))
            {
                var at = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
                misfits.Add($"column {at} is required but not among the declared columns, and has no default");
            }
    }

    private static void Compare(DataType wanted, DataType actual, string path, List<NewField> missing, List<string> misfits)
    {
        switch (wanted, actual)
        {
            case (StructType w, StructType a):
                Compare(w.Fields, a, path, allAreWanted: true, missing, misfits);
                break;
            case (ListType w, ListType a):
                Compare(w.Element.Type, a.Element.Type, path + ".element", missing, misfits);
                break;
            case (MapType w, MapType a):
                Compare(w.Key.Type, a.Key.Type, path + ".key", missing, misfits);
                Compare(w.Value.Type, a.Value.Type, path + ".value", missing, misfits);
                break;
            default:
                if (!Takes(actual, wanted)) misfits.Add($"column {path} is {actual} in the table but {wanted} is wanted");
                break;
        }
    }

    /// <summary>True if every value of <paramref name="wanted"/> is one of <paramref name="actual"/>.</summary>
    private static bool Takes(DataType actual, DataType wanted) => (actual, wanted) switch
    {
        (PrimitiveType { Kind: TypeKind.Long }, PrimitiveType { Kind: TypeKind.Int }) => true,
        (PrimitiveType { Kind: TypeKind.Double }, PrimitiveType { Kind: TypeKind.Float }) => true,
        (PrimitiveType { Kind: TypeKind.Decimal } a, PrimitiveType { Kind: TypeKind.Decimal } w) => a.Scale == w.Scale && a.Precision >= w.Precision,
        _ => actual.Equals(wanted),
    };
}
