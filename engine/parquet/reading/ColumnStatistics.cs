namespace K2I.Parquet;

/// <summary>What a row group says about one column's values, in column layout; null where it does not say. Bounds may be wider than the values.</summary>
public readonly record struct ColumnStatistics(ReadOnlyMemory<byte>? Min, ReadOnlyMemory<byte>? Max, long? Nulls);
