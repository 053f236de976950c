using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>Delete files that <see cref="DeleteWriter"/> wrote, ready for a <see cref="RowDelta"/>.</summary>
/// <param name="Added">The new delete files.</param>
/// <param name="Replaced">Delete files of the table that the new ones take in: to be removed in the same commit.</param>
public sealed record RowDeletes(ImmutableArray<DataFile> Added, ImmutableArray<DataFile> Replaced);
