using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>A schema being changed, one change at a time. Immutable. Refuses what would make the table unreadable or change rows' meaning.</summary>
internal sealed record SchemaEditor
{
    private readonly TableMetadata table;

    private SchemaEditor(TableMetadata table)
    {
        this.table = table;
        Schema = table.CurrentSchema;
        LastColumnId = table.LastColumnId;
    }

    public Schema Schema { get; private init; }

    public int LastColumnId { get; private init; }

    public static SchemaEditor Of(TableMetadata table) => new(table);

    public SchemaEditor Add(string parent, string name, DataType type, string? doc)
    {
        if (name.Length == 0 || name.Contains('.', StringComparison.Ordinal)) throw Bad($"'{name}' cannot be a column's name");
        var within = StructAt(parent);
        if (within.Fields.FirstOrDefault(f => string.Equals(f.Name, name, StringComparison.OrdinalIgnoreCase)) is { } there)
        {
            if (there.Name == name && SameShape(there.Type, type)) return this;
            throw Bad(there.Name == name
                ? $"column '{Join(parent, name)}' is there already, as {there.Type}; {type} was wanted"
                : $"column '{Join(parent, name)}' differs from '{there.Name}' in case only, which many engines cannot tell apart");
        }
        var last = LastColumnId;
        if (last >= FieldIds.Max) throw new EngineException(ErrorKind.Full, "the table has used up its field ids");
        var id = ++last;
        var numbered = FieldIds.Assign(type, ref last);
        var fields = within.Fields.Add(new Field(id, name, numbered, Required: false) { Doc = doc });
        return Replace(parent, new StructType(fields)) with { LastColumnId = last };
    }

    public SchemaEditor Rename(string path, string newName)
    {
        if (newName.Length == 0 || newName.Contains('.', StringComparison.Ordinal)) throw Bad($"'{newName}' cannot be a column's name");
        var (parent, name) = Split(path);
        var within = StructAt(parent);
        if (within.Find(name) is not { } field)
        {
            // Another writer may have done it.
            return within.Find(newName) is not null ? this : throw Missing(path);
        }
        if (within.Fields.Any(f => f.Id != field.Id && string.Equals(f.Name, newName, StringComparison.OrdinalIgnoreCase))) throw Bad($"column '{Join(parent, newName)}' is there already");
        return Replace(parent, new StructType(within.Fields.Replace(field, field with { Name = newName })));
    }

    public SchemaEditor Drop(string path)
    {
        var (parent, name) = Split(path);
        var within = StructAt(parent);
        if (within.Find(name) is not { } field) return this;
        if (within.Fields.Length == 1) throw Bad($"column '{path}' is the only one of its struct");
        foreach (var id in IdsOf(field))
        {
            if (Schema.IdentifierFieldIds.Contains(id)) throw Bad($"column '{path}' identifies rows");
            if (table.DefaultSpec.Fields.Any(f => f.SourceId == id && f.Transform.Kind != TransformKind.Void)) throw Bad($"the table is partitioned by column '{path}'");
            if (table.DefaultSortOrder.Fields.Any(f => f.SourceId == id)) throw Bad($"the table is sorted by column '{path}'");
        }
        return Replace(parent, new StructType(within.Fields.Remove(field)));
    }

    public SchemaEditor Widen(string path, PrimitiveType type)
    {
        var field = Need(path);
        if (field.Type.Equals(type)) return this;
        if (!CanWiden(field, type)) throw Bad($"column '{path}' cannot be widened from {field.Type} to {type}");
        return ReplaceField(path, field with { Type = type });
    }

    public SchemaEditor MakeOptional(string path)
    {
        var field = Need(path);
        if (!field.Required) return this;
        if (Schema.IdentifierFieldIds.Contains(field.Id)) throw Bad($"column '{path}' identifies rows");
        return ReplaceField(path, field with { Required = false });
    }

    public SchemaEditor Move(string path, string? after)
    {
        var (parent, name) = Split(path);
        var within = StructAt(parent);
        var field = within.Find(name) ?? throw Missing(path);
        var rest = within.Fields.Remove(field);
        var at = 0;
        if (after is not null)
        {
            var sibling = rest.FirstOrDefault(f => f.Name == after) ?? throw Missing(Join(parent, after));
            at = rest.IndexOf(sibling) + 1;
        }
        return Replace(parent, new StructType(rest.Insert(at, field)));
    }

    private bool CanWiden(Field field, PrimitiveType to)
    {
        var widens = (field.Type.Kind, to.Kind) switch
        {
            (TypeKind.Int, TypeKind.Long) or (TypeKind.Float, TypeKind.Double) => true,
            (TypeKind.Decimal, TypeKind.Decimal) => field.Type is PrimitiveType from && from.Scale == to.Scale && to.Precision > from.Precision,
            (TypeKind.Date, TypeKind.Timestamp or TypeKind.TimestampNs) => table.FormatVersion >= 3,
            _ => false,
        };
        // A date becomes another value under every transform.
        return widens && (field.Type.Kind != TypeKind.Date || table.Specs.All(s => s.Fields.All(f => f.SourceId != field.Id)));
    }

    private SchemaEditor ReplaceField(string path, Field field) =>
        this with { Schema = Schema with { Struct = (StructType)Rebuild(Schema.Struct, Parts(path), _ => field) } };

    private SchemaEditor Replace(string structPath, StructType with)
    {
        if (structPath.Length == 0) return this with { Schema = Schema with { Struct = with } };
        return this with { Schema = Schema with { Struct = (StructType)Rebuild(Schema.Struct, Parts(structPath), field => field with { Type = with }) } };
    }

    private static DataType Rebuild(DataType type, ReadOnlySpan<string> parts, Func<Field, Field> change)
    {
        var name = parts[0];
        switch (type)
        {
            case StructType s:
                var at = s.Fields.IndexOf(s.Find(name)!);
                return new StructType(s.Fields.SetItem(at, Changed(s.Fields[at], parts, change)));
            case ListType l:
                return new ListType(Changed(l.Element, parts, change));
            case MapType m:
                return name == "key" ? new MapType(Changed(m.Key, parts, change), m.Value) : new MapType(m.Key, Changed(m.Value, parts, change));
            default:
                throw new InvalidOperationException($"no field '{name}' in {type}");
        }
    }

    private static Field Changed(Field field, ReadOnlySpan<string> parts, Func<Field, Field> change) =>
        parts.Length == 1 ? change(field) : field with { Type = Rebuild(field.Type, parts[1..], change) };

    private StructType StructAt(string path)
    {
        if (path.Length == 0) return Schema.Struct;
        return Need(path).Type as StructType ?? throw Bad($"column '{path}' is not a struct");
    }

    private Field Need(string path) => Schema.FindByPath(path) ?? throw Missing(path);

    private static bool SameShape(DataType left, DataType right)
    {
        if (left.Kind != right.Kind) return false;
        var (a, b) = (Schema.ChildrenOf(left), Schema.ChildrenOf(right));
        if (a.IsEmpty) return left.Equals(right);
        return a.Length == b.Length && a.Zip(b).All(p => p.First.Name == p.Second.Name && SameShape(p.First.Type, p.Second.Type));
    }

    private static IEnumerable<int> IdsOf(Field field) => Schema.ChildrenOf(field.Type).SelectMany(IdsOf).Prepend(field.Id);

    private static string[] Parts(string path) => path.Split('.');

    private static (string Parent, string Name) Split(string path) => path.LastIndexOf('.') is var at && at >= 0 ? (path[..at], path[(at + 1)..]) : ("", path);

    private static string Join(string parent, string name) => parent.Length == 0 ? name : $"{parent}.{name}";

    private static EngineException Missing(string path) => Bad($"there is no column '{path}'");

    private static EngineException Bad(string why) => new(ErrorKind.Invalid, $"the schema cannot be changed: {why}");
}
