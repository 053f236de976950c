namespace K2I.Pipeline;

/// <summary>
/// The layout of a <see cref="LogEntryKind.Records"/> frame: records of one partition in offset order, as they were fetched. Little-endian.
/// </summary>
/// <remarks>
/// <code>
/// frame   0 from          i64  where the partition stood before: the last frame's next, or where reading began; -1: wherever the first record is
///         8 next          i64  offset behind the last record, or as far as the partition is known to hold no further one
///        16 first offset  i64
///        24 partition     i32
///        28 records       i32  0: the offsets hold none
///        32 topic length  u16
///        34 id length     u16  of the topic's id; 0 where the broker tells none
///        36 flags         u32  1: the table had nothing of the partition, and reading began here
///        40 topic (UTF-8), topic id (UTF-8), records: RecordBytes, offsets less the first offset
/// </code>
/// Offsets that are missing in between (compaction, transactions) simply do not occur.
/// </remarks>
internal static class RecordFrame
{
    internal const int HeadBytes = 40;

    internal const int From = 0, Next = 8, FirstOffset = 16, Partition = 24, Count = 28, TopicLength = 32, IdLength = 34, Flags = 36;

    /// <summary>A flag of the frame.</summary>
    internal const uint BeginsPartition = 1;
}
