using System.Collections.Immutable;

namespace K2I.Decode;

/// <summary>A column that records of other schemas call otherwise. No column changes: the table is to remember the names.</summary>
public sealed record AliasedColumn(string Path, ImmutableArray<string> Names) : SchemaChange(Path);
