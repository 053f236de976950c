namespace K2I.Parquet;

/// <summary>One row group as the footer tells it.</summary>
internal sealed record RowGroup(long Start, long Rows, ColumnChunk[] Columns);
