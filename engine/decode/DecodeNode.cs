using K2I.Columns;

namespace K2I.Decode;

/// <summary>A field of the schema as a decoder walks it: knows its place, so that an error can name it.</summary>
internal abstract class DecodeNode(Field? field, DecodeNode? parent)
{
    /// <summary>Null for the root, the record itself.</summary>
    internal Field? Field { get; } = field;

    internal DecodeNode? Parent { get; } = parent;

    /// <summary>The dotted path from the root; empty for the root.</summary>
    internal string Path()
    {
        if (Field is null) return "";
        var above = Parent?.Path() ?? "";
        return above.Length == 0 ? Field.Name : above + "." + Field.Name;
    }
}
