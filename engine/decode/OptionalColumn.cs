namespace K2I.Decode;

/// <summary>A required column that is to hold nulls.</summary>
public sealed record OptionalColumn(string Path) : SchemaChange(Path);
