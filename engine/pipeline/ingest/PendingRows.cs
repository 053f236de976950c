namespace K2I.Pipeline;

/// <summary>What was taken since the last flush was asked for: rows, bytes of records, and when the first of them was fetched (0: nothing was).</summary>
internal readonly record struct PendingRows(long Rows, long Bytes, long SinceUnixMs)
{
    internal bool IsEmpty => SinceUnixMs == 0;
}
