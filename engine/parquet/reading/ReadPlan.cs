using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>Matches the wanted fields with the file's, and makes the readers of the columns that are needed.</summary>
internal sealed class ReadPlan
{
    private readonly Footer footer;
    private readonly ReadRequest request;
    private readonly ReadContext context;
    private readonly Dictionary<int, LeafReader> readers = [];
    private readonly Dictionary<int, PlannedLeaf> leaves = [];
    private readonly bool byId;
    private readonly bool everything;

    private ReadPlan(Footer footer, ReadRequest request, bool everything, ReadContext context)
    {
        this.everything = everything;
        this.footer = footer;
        this.request = request;
        this.context = context;
        byId = footer.HasFieldIds || !request.Names.IsEmpty;
    }

    /// <param name="footer">The file's.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="everything">The request's schema is the file's own: fields match by their place.</param>
    /// <param name="context">What the readers share.</param>
    internal static (ReadNode[] Columns, LeafReader[] Readers, IReadOnlyDictionary<int, PlannedLeaf> Leaves) Make(Footer footer, ReadRequest request, bool everything, ReadContext context)
    {
        var plan = new ReadPlan(footer, request, everything, context);
        var columns = plan.Children(request.Schema.Fields, footer.Fields, request.Names);
        for (var i = 0; i < columns.Length; i++)
        {
            var field = request.Schema.Fields[i];
            if (!request.NullFills.TryGetValue(field.Id, out var fill)) continue;
            Check.That(field.Type.Kind == TypeKind.Long);
            columns[i] = new FillNode(field, columns[i], fill, context);
        }
        return (columns, [.. plan.readers.Values], plan.leaves);
    }

    private ReadNode[] Children(ImmutableArray<Field> wanted, FileField[] stored, ImmutableArray<NameMap> names)
    {
        if (everything) return [.. wanted.Select((f, i) => Node(f, stored[i], []))];
        var taken = new HashSet<FileField>();
        return [.. wanted.Select(f => Find(f, stored, names, taken) is { } found ? Node(f, found.Field, found.Names) : Absent(f))];
    }

    /// <summary>The first field that matches and has not been taken: files may have a name or an id twice.</summary>
    private (FileField Field, ImmutableArray<NameMap> Names)? Find(Field wanted, FileField[] stored, ImmutableArray<NameMap> names, HashSet<FileField> taken)
    {
        foreach (var field in stored)
        {
            var map = footer.HasFieldIds || names.IsDefaultOrEmpty ? null : names.FirstOrDefault(n => n.Names.Contains(field.Name));
            var same = byId ? wanted.Id != 0 && wanted.Id == (map?.Id ?? field.Id) : field.Name == wanted.Name || field.Name == ParquetName.Of(wanted.Name);
            if (same && taken.Add(field)) return (field, map?.Children ?? []);
        }
        return null;
    }

    private ReadNode Node(Field wanted, FileField stored, ImmutableArray<NameMap> names)
    {
        switch (wanted.Type, stored.Kind)
        {
            case (StructType type, FileFieldKind.Struct):
                var fields = Children(type.Fields, stored.Children, names);
                return new StructNode(wanted, stored, Shape(stored), fields, context.Arena);
            case (VariantType, FileFieldKind.Struct):
                return Variant(wanted, stored);
            case (ListType type, FileFieldKind.List):
                var element = Part(type.Element, stored.Children[0], names, "element");
                return new ListNode(wanted, stored, Shape(stored), [element], context.Arena);
            case (MapType type, FileFieldKind.Map):
                var key = Part(type.Key, stored.Children[0], names, "key");
                var value = Part(type.Value, stored.Children[1], names, "value");
                return new ListNode(wanted, stored, Shape(stored), [key, value], context.Arena);
            case ({ IsNested: false }, FileFieldKind.Leaf):
                return Leaf(wanted, stored);
            default:
                throw new EngineException(ErrorKind.Unsupported, $"column {stored.ShapeLeaf().Path}: {FileSchema.FieldOf(stored).Type} cannot be read as {wanted.Type}");
        }
    }

    /// <summary>Its parts are found by name. Values that are taken apart into typed columns (shredded) are refused.</summary>
    private StructNode Variant(Field wanted, FileField stored)
    {
        if (stored.Children.Any(f => f.Name == "typed_value")) throw Refuse("is shredded, which this build does not read");
        ReadNode[] parts = [.. VariantType.Parts.Select(Part)];
        return new StructNode(wanted, stored, Shape(stored), parts, context.Arena);

        ReadNode Part(Field part) => Array.Find(stored.Children, f => f.Name == part.Name) is { Leaf.Stored: StoredType.ByteArray } leaf
            ? Leaf(part, leaf)
            : throw Refuse($"lacks its {part.Name}");

        EngineException Refuse(string why) => new(ErrorKind.Unsupported, $"column {stored.Name}: the variant {why}");
    }

    /// <summary>A list's element or a map's key or value: there is only one it can be, whatever its id and name.</summary>
    private ReadNode Part(Field wanted, FileField stored, ImmutableArray<NameMap> names, string name) =>
        Node(wanted, stored, names.IsDefaultOrEmpty ? [] : names.FirstOrDefault(n => n.Names.Contains(name))?.Children ?? []);

    private LeafNode Leaf(Field wanted, FileField stored)
    {
        var leaf = stored.Leaf!;
        Check.That(!readers.ContainsKey(leaf.Index));
        var values = Values(leaf, wanted.Type as PrimitiveType ?? throw Conversions.Refuse(leaf, wanted.Type));
        var reader = new LeafReader(leaf, values, context);
        readers.Add(leaf.Index, reader);
        if (wanted.Id != 0 && wanted.Type is PrimitiveType type && (leaf.Stored != StoredType.ByteArray || type.Kind is TypeKind.String or TypeKind.Binary or TypeKind.Decimal))
            leaves.TryAdd(wanted.Id, new(leaf, type, leaf.Stored == StoredType.ByteArray && type.Kind != TypeKind.Decimal ? ValueConversion.None : Conversions.Of(leaf, type)));
        return new LeafNode(wanted, stored, reader, values, context.Arena);
    }

    private ValueReader Values(FileLeaf leaf, PrimitiveType wanted)
    {
        if (leaf.Stored == StoredType.ByteArray)
        {
            if (wanted.Kind == TypeKind.Decimal && leaf.Type.Kind == TypeKind.Decimal && Conversions.Of(leaf, wanted) == ValueConversion.BytesToDecimal)
                return new DecimalBytesReader(context.Arena, context.Options.BatchBytes);
            if (wanted.Kind is not (TypeKind.String or TypeKind.Binary)) throw Conversions.Refuse(leaf, wanted);
            return new BytesReader(wanted.Kind == TypeKind.String, context.Options.BatchBytes, context.Arena);
        }
        var conversion = Conversions.Of(leaf, wanted);
        return leaf.Stored == StoredType.Boolean ? new BooleanReader(context.Arena) : new FixedReader(leaf, conversion, ColumnBuilder.LayoutOf(wanted).Width, context.Arena);
    }

    /// <summary>The reader that tells a nested field's shape: one that is read anyway if there is any below, else one for its levels alone.</summary>
    private LeafReader Shape(FileField stored)
    {
        LeafReader? best = null;
        Search(stored);
        if (best is not null) return best;
        var leaf = stored.ShapeLeaf();
        var reader = new LeafReader(leaf, null, context);
        readers.Add(leaf.Index, reader);
        return reader;

        void Search(FileField field)
        {
            if (field.Leaf is { } leaf && readers.TryGetValue(leaf.Index, out var reader) && (best is null || leaf.MaxRepetition < best.Leaf.MaxRepetition)) best = reader;
            foreach (var child in field.Children) Search(child);
        }
    }

    private ConstantNode Absent(Field wanted)
    {
        ReadOnlyMemory<byte>? value = null;
        if (wanted.Id != 0 && wanted.Type is not (ListType or MapType) && request.Missing.TryGetValue(wanted.Id, out var given)) value = given;
        if (value is null && wanted.Required && !request.NullFills.ContainsKey(wanted.Id)) throw new EngineException(ErrorKind.Corrupt, $"column {wanted.Name} is required and not in the file");
        ReadNode[] children = value is null
            ? [.. VariantType.PartsOf(wanted.Type).Select(Null)]
            : [.. Schema.ChildrenOf(wanted.Type).Select(Absent)];
        return new(wanted, value, children, context.Arena);
    }

    private ConstantNode Null(Field wanted) => new(wanted, null, [.. VariantType.PartsOf(wanted.Type).Select(Null)], context.Arena);
}
