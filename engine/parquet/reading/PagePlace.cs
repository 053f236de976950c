namespace K2I.Parquet;

/// <summary>Where a data page lies in the file, header included, and the row of its row group that it begins with.</summary>
internal readonly record struct PagePlace(long Offset, int Bytes, long FirstRow);
