using K2I.Base;

namespace K2I.Parquet;

/// <summary>Builds the file's fields from the flattened schema: levels, and the old and new ways of writing lists and maps.</summary>
/// <remarks>Source: LogicalTypes.md of parquet-format, "Nested Types" with its backward-compatibility rules.</remarks>
internal sealed class FileTree
{
    private const int MaxDepth = 100, ListConverted = 3, MapConverted = 1, MapKeyValueConverted = 2, MaxPathChars = 64 << 20;

    private readonly SchemaElement[] elements;
    private readonly List<FileLeaf> leaves = [];
    private int next = 1;
    private long pathChars;

    private FileTree(SchemaElement[] elements) => this.elements = elements;

    /// <summary>The fields below the root, and the file's columns in order.</summary>
    internal static (FileField[] Fields, FileLeaf[] Leaves) Build(SchemaElement[] elements)
    {
        Damage.Unless(elements.Length > 0, "the schema is empty");
        var tree = new FileTree(elements);
        var root = elements[0];
        Damage.Unless(root.Children < elements.Length, "the schema has fewer columns than it says");
        var fields = new FileField[root.Children];
        for (var i = 0; i < fields.Length; i++) fields[i] = tree.Field("", new Levels(0, 0, 0), 0);
        Damage.Unless(tree.next == elements.Length, "the schema has more columns than its root says");
        return (fields, [.. tree.leaves]);
    }

    /// <summary>Levels of the place a field is in: its repeated ancestors, the definition level of a slot there, and of the parent being there.</summary>
    private readonly record struct Levels(int Repetition, int SlotDefinition, int Definition);

    private SchemaElement Take()
    {
        Damage.Unless(next < elements.Length, "the schema ends in the middle of a group");
        return elements[next++];
    }

    private SchemaElement Peek(int ahead = 0)
    {
        Damage.Unless(next + ahead < elements.Length, "the schema ends in the middle of a group");
        return elements[next + ahead];
    }

    /// <summary>The next field; one that is repeated without being in a list or map is a list by itself.</summary>
    private FileField Field(string parentPath, Levels at, int depth)
    {
        var element = Take();
        if (element.Repetition != SchemaElement.Repeated) return Value(element, parentPath, at, element.Repetition == SchemaElement.Optional, depth);
        var inner = new Levels(at.Repetition + 1, at.Definition + 1, at.Definition + 1);
        var item = Value(element, parentPath, inner, false, depth);
        return Node(element, FileFieldKind.List, true, at, at.Definition, inner.Definition, [item]);
    }

    /// <summary>A field whose element has been taken, its own repetition aside.</summary>
    private FileField Value(SchemaElement element, string parentPath, Levels at, bool optional, int depth)
    {
        Damage.Unless(depth < MaxDepth, "the schema is nested too deep");
        var definition = at.Definition + (optional ? 1 : 0);
        var path = parentPath.Length == 0 ? element.Name : $"{parentPath}.{element.Name}";
        // Each column's path repeats the names above it.
        if ((pathChars += path.Length) > MaxPathChars) throw new EngineException(ErrorKind.Unsupported, "the names of its columns are too long");
        var below = at with { Definition = definition };
        if (element.Children == 0 && element.Type is not null) return Leaf(element, path, at, definition, !optional);
        Damage.Unless(element.Children > 0, $"column {path} has neither a type nor children");
        if (IsList(element) && Peek().Repetition == SchemaElement.Repeated)
        {
            var repeated = Take();
            var inner = new Levels(at.Repetition + 1, definition + 1, definition + 1);
            var item = IsElement(repeated, element.Name)
                ? Value(repeated, path, inner, false, depth + 1)
                : Field($"{path}.{repeated.Name}", inner, depth + 1);
            return Node(element, FileFieldKind.List, !optional, at, definition, inner.Definition, [item]);
        }
        if (IsMap(element) && Peek() is { Repetition: SchemaElement.Repeated, Children: 1 or 2 } entry)
        {
            next++;
            var inner = new Levels(at.Repetition + 1, definition + 1, definition + 1);
            var inside = $"{path}.{entry.Name}";
            var key = Field(inside, inner, depth + 1);
            return entry.Children == 1
                ? Node(element, FileFieldKind.List, !optional, at, definition, inner.Definition, [key])
                : Node(element, FileFieldKind.Map, !optional, at, definition, inner.Definition, [key, Field(inside, inner, depth + 1)]);
        }
        var children = new FileField[Math.Min(element.Children, elements.Length)];
        Damage.Unless(children.Length == element.Children, $"column {path} has more children than the schema has columns");
        for (var i = 0; i < children.Length; i++) children[i] = Field(path, below, depth + 1);
        return Node(element, FileFieldKind.Struct, !optional, at, definition, 0, children);
    }

    private FileField Leaf(SchemaElement element, string path, Levels at, int definition, bool required)
    {
        CheckLevels(element, definition, 0);
        var leaf = NaturalType.Leaf(element, path) with { Index = leaves.Count, MaxDefinition = (byte)definition, MaxRepetition = (byte)at.Repetition };
        leaves.Add(leaf);
        return new FileField
        {
            Name = element.Name,
            Id = element.FieldId,
            Kind = FileFieldKind.Leaf,
            Required = required,
            Repetition = (byte)at.Repetition,
            SlotDefinition = (byte)at.SlotDefinition,
            Definition = (byte)definition,
            Leaf = leaf,
        };
    }

    private static FileField Node(SchemaElement element, FileFieldKind kind, bool required, Levels at, int definition, int itemDefinition, FileField[] children)
    {
        CheckLevels(element, definition, itemDefinition);
        return new()
        {
            Name = element.Name,
            Id = element.FieldId,
            Kind = kind,
            Required = required,
            Repetition = (byte)at.Repetition,
            SlotDefinition = (byte)at.SlotDefinition,
            Definition = (byte)definition,
            ItemDefinition = (byte)itemDefinition,
            Children = children,
        };
    }

    private static void CheckLevels(SchemaElement element, int definition, int itemDefinition)
    {
        if (definition >= byte.MaxValue || itemDefinition >= byte.MaxValue) throw new EngineException(ErrorKind.Unsupported, $"column {element.Name} is nested too deep");
    }

    private static bool IsList(SchemaElement element) => element.Children == 1 && (element.Logical.Kind == LogicalKind.List || element.Converted == ListConverted);

    private static bool IsMap(SchemaElement element) =>
        element.Children == 1 && (element.Logical.Kind == LogicalKind.Map || element.Converted is MapConverted or MapKeyValueConverted);

    /// <summary>The repeated node of a list is the element itself in old files, and a wrapper of it in new ones.</summary>
    private bool IsElement(SchemaElement repeated, string listName) =>
        repeated.Children != 1 || repeated.Type is not null && repeated.Children == 0 || IsList(repeated) || IsMap(repeated)
        || Peek().Repetition == SchemaElement.Repeated || repeated.Name == "array" || repeated.Name == $"{listName}_tuple";
}
