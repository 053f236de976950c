using K2I.Base;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>A field of the table's schema with its place in the Parquet schema: levels, names, and its leaf where it is one.</summary>
/// <remarks>
/// <see cref="MaxDefinition"/> counts the optional and repeated nodes from the root through this one (a list's or map's repeated group is counted by
/// its children, not by itself); <see cref="MaxRepetition"/> the repeated ones above it.
/// </remarks>
internal sealed class SchemaNode
{
    private const int MaxLevel = 255;

    private SchemaNode(Field field, SchemaNode? parent, string path, string[] parquetPath, byte maxDefinition, byte maxRepetition)
    {
        Field = field;
        Parent = parent;
        Path = path;
        ParquetPath = parquetPath;
        MaxDefinition = maxDefinition;
        MaxRepetition = maxRepetition;
    }

    internal Field Field { get; }

    internal SchemaNode? Parent { get; }

    /// <summary>Field names from the root, joined by dots.</summary>
    internal string Path { get; }

    /// <summary>Names in the Parquet schema, repeated groups included.</summary>
    internal string[] ParquetPath { get; }

    internal byte MaxDefinition { get; }

    internal byte MaxRepetition { get; }

    /// <summary>A struct's fields; a list's element; a map's key and value.</summary>
    internal SchemaNode[] Children { get; private set; } = [];

    /// <summary>Index among the file's leaf columns; -1 for groups.</summary>
    internal int Leaf { get; private set; } = -1;

    /// <summary>Leaves from this node down: neighbours among the file's.</summary>
    internal int Leaves => IsLeaf ? 1 : Children.Sum(c => c.Leaves);

    internal bool Required => Field.Required;

    internal bool IsLeaf => Children.Length == 0;

    internal bool HasRepeated { get; private set; }

    /// <summary>Lays out a schema's columns. Adds the leaves to <paramref name="leaves"/> in file order.</summary>
    internal static SchemaNode[] Build(Schema schema, List<SchemaNode> leaves) =>
        [.. schema.Fields.Select(f => Build(f, null, f.Name, [ParquetName.Of(f.Name)], 0, 0, leaves))];

    private static SchemaNode Build(Field field, SchemaNode? parent, string path, string[] parquetPath, int definition, int repetition, List<SchemaNode> leaves)
    {
        if (!field.Required) definition++;
        if (definition >= MaxLevel) throw new EngineException(ErrorKind.Unsupported, $"column {path}: nested more than {MaxLevel} levels deep");
        var node = new SchemaNode(field, parent, path, parquetPath, (byte)definition, (byte)repetition);
        SchemaNode Child(Field child, string? group)
        {
            string[] names = group is null ? [.. parquetPath, ParquetName.Of(child.Name)] : [.. parquetPath, group, ParquetName.Of(child.Name)];
            var deeper = group is null ? 0 : 1;
            return Build(child, node, $"{path}.{child.Name}", names, definition + deeper, repetition + deeper, leaves);
        }
        switch (field.Type)
        {
            case StructType s:
                if (s.Fields.IsEmpty) throw new EngineException(ErrorKind.Unsupported, $"column {path}: Parquet has no struct without fields");
                node.Children = [.. s.Fields.Select(f => Child(f, null))];
                break;
            case VariantType:
                node.Children = [.. VariantType.Parts.Select(f => Child(f, null))];
                break;
            case ListType l:
                node.Children = [Child(l.Element, "list")];
                break;
            case MapType m:
                node.Children = [Child(m.Key, "key_value"), Child(m.Value, "key_value")];
                break;
            default:
                node.Leaf = leaves.Count;
                leaves.Add(node);
                break;
        }
        node.HasRepeated = field.Type is ListType or MapType || node.Children.Any(c => c.HasRepeated);
        return node;
    }
}
