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

    public SchemaEditor Add(string parent, Field column)
    {
        var within = StructAt(parent);
        if (within.Find(column.Name) is { } there)
        {
            if (SameShape(there.Type, column.Type)) return this;
            throw Bad($"column '{Join(parent, column.Name)}' is there already, as {there.Type}; {column.Type} was wanted");
        }
        var last = LastColumnId;
        if (last >= FieldIds.Max) throw new EngineException(ErrorKind.Full, "the table has used up its field ids");
        var id = ++last;
        var numbered = FieldIds.Assign(column.Type, ref last);
        var fields = within.Fields.Add(column with { Id = id, Type = numbered, Required = false });
        return Replace(parent, new StructType(fields)) with { LastColumnId = last };
    }

    public SchemaEditor Rename(string path, string newName)
    {
        if (Schema.FieldsTo(path) is not [.., var field])
        {
            // Another writer may have done it.
            return OnceRenamed(path, newName) ? this : throw Missing(path);
        }
        return Replace(field with { Name = newName });
    }

    public SchemaEditor Drop(string path)
    {
        if (Schema.FieldsTo(path) is not [.., var field]) return this;
        var parent = ParentOf(path);
        var within = StructAt(parent);
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
        return Replace(field with { Type = type });
    }

    public SchemaEditor MakeOptional(string path)
    {
        var field = Need(path);
        if (!field.Required) return this;
        if (Schema.IdentifierFieldIds.Contains(field.Id)) throw Bad($"column '{path}' identifies rows");
        return Replace(field with { Required = false });
    }

    public SchemaEditor Move(string path, string? after)
    {
        var field = Need(path);
        var parent = ParentOf(path);
        var rest = StructAt(parent).Fields.Remove(field);
        var at = 0;
        if (after is not null)
        {
            var sibling = rest.FirstOrDefault(f => f.Name == after) ?? throw Missing(Join(parent, after));
            at = rest.IndexOf(sibling) + 1;
        }
        return Replace(parent, new StructType(rest.Insert(at, field)));
    }

    /// <summary>This, if its columns go together: a table whose columns others gave may have clashes, but gets no more of them.</summary>
    public SchemaEditor Checked()
    {
        if (Schema.Struct.Equals(table.CurrentSchema.Struct)) return this;
        var before = table.NameClashes(table.CurrentSchema);
        var after = table.NameClashes(Schema);
        var added = after.Except(before).FirstOrDefault(c => c.Flaw != NameFlaw.TooMany || after.Count > before.Count);
        return added is null ? this : throw Bad($"{added}; {added.Advice}");
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

    private SchemaEditor Replace(Field field) => this with { Schema = Schema with { Struct = (StructType)Rebuilt(Schema.Struct, field) } };

    private SchemaEditor Replace(string structPath, StructType with) =>
        structPath.Length == 0 ? this with { Schema = Schema with { Struct = with } } : Replace(Need(structPath) with { Type = with });

    /// <summary>The type with another field in the place of the one of that id.</summary>
    private static DataType Rebuilt(DataType type, Field by)
    {
        return type switch
        {
            StructType s => new StructType([.. s.Fields.Select(Changed)]),
            ListType l => new ListType(Changed(l.Element)),
            MapType m => new MapType(Changed(m.Key), Changed(m.Value)),
            _ => type,
        };

        Field Changed(Field field) => field.Id == by.Id ? by : field.Type.IsNested ? field with { Type = Rebuilt(field.Type, by) } : field;
    }

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

    private string ParentOf(string path) => string.Join('.', Schema.FieldsTo(path).SkipLast(1).Select(f => f.Name));

    /// <summary>No column has the path, but one of the new name is where it was.</summary>
    private bool OnceRenamed(string path, string newName)
    {
        for (var dot = path.LastIndexOf('.'); dot >= 0; dot = dot == 0 ? -1 : path.LastIndexOf('.', dot - 1))
            if (Schema.FindByPath(path[..dot])?.Type is StructType within) return within.Find(newName) is not null;
        return Schema.Struct.Find(newName) is not null;
    }

    private static string Join(string parent, string name) => parent.Length == 0 ? name : $"{parent}.{name}";

    private static EngineException Missing(string path) => Bad($"there is no column '{path}'");

    private static EngineException Bad(string why) => new(ErrorKind.Invalid, $"the schema cannot be changed: {why}");
}
