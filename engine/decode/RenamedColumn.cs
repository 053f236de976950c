namespace K2I.Decode;

/// <summary>A column that is to have another name, by which records call it now.</summary>
public sealed record RenamedColumn(string FormerPath, string Path) : SchemaChange(Path)
{
    /// <summary>The last part of the path.</summary>
    public required string NewName { get; init; }
}
