namespace K2I.Pipeline;

/// <summary>
/// What was taken since the last flush was asked for: rows, bytes of records, and when the first of them was fetched; and since when offsets without a record wait (0: none do).
/// </summary>
internal readonly record struct PendingRows(long Rows, long Bytes, long SinceUnixMs, long EndsSinceUnixMs)
{
    internal bool IsEmpty => SinceUnixMs == 0 && EndsSinceUnixMs == 0;
}
