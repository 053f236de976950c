namespace K2I.Decode;

/// <summary>One entry of a text: a field's full name, and what it is to become.</summary>
/// <param name="Names">From the record's own fields down.</param>
/// <param name="At">Where the entry begins.</param>
/// <param name="Value">What stands behind the colon; empty where nothing is expected.</param>
/// <param name="ValueAt">Where that begins.</param>
internal sealed record TransformEntry(string[] Names, int At, string Value, int ValueAt)
{
    internal string Path { get; } = string.Join('.', Names);

    internal string Parent { get; } = string.Join('.', Names[..^1]);
}
