using System.Collections.Immutable;

namespace K2I.Parquet;

/// <summary>What a finished file holds.</summary>
/// <param name="Bytes">The file's size.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="RowGroupStarts">Where each row group's first page begins: the places to split a read.</param>
/// <param name="Leaves">One entry per leaf column, in file order.</param>
public sealed record ParquetFileResult(long Bytes, long Rows, ImmutableArray<long> RowGroupStarts, ImmutableArray<LeafStatistics> Leaves);
