namespace K2I.Parquet;

/// <summary>What a file's indexes say about one page of a column. <see cref="FirstRow"/> counts from the row group's first; a page of nulls has as many <see cref="ColumnStatistics.Nulls"/> as rows.</summary>
public readonly record struct PageStatistics(long FirstRow, long Rows, ColumnStatistics Values);
