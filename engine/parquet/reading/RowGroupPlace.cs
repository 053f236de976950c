namespace K2I.Parquet;

/// <summary>A row group: where its description begins in the footer, and its rows.</summary>
internal readonly record struct RowGroupPlace(int At, long Rows);
