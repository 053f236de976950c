using System.Collections.Immutable;

namespace K2I.Parquet;

/// <summary>Field ids by name, for files that were written without ids. List elements are named <c>element</c>, map parts <c>key</c> and <c>value</c>.</summary>
/// <param name="Names">What the field may be called in the file.</param>
/// <param name="Id">Its id; 0 if it has none.</param>
/// <param name="Children">The fields below it.</param>
public sealed record NameMap(ImmutableArray<string> Names, int Id, ImmutableArray<NameMap> Children);
