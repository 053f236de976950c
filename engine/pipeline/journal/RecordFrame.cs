namespace K2I.Pipeline;

/// <summary>
/// The layout of a <see cref="LogEntryKind.Records"/> frame: records of one partition in offset order, as they were fetched. Little-endian.
/// </summary>
/// <remarks>
/// <code>
/// frame   0 from          i64  where the partition stood before: the last frame's next, or where reading began; -1: wherever the first record is
///         8 next          i64  offset behind the last record
///        16 first offset  i64
///        24 partition     i32
///        28 records       i32  1 or more
///        32 topic length  u16
///        34 id length     u16  of the topic's id; 0 where the broker tells none
///        36 flags         u32  1: the table had nothing of the partition, and reading began here
///        40 topic (UTF-8), topic id (UTF-8), records
/// record  0 offset        u32  less the first offset
///         4 flags         u32  1 has a key, 2 has a value, 4 has headers, 8 create time, 16 log append time
///         8 timestamp     i64  milliseconds
///        16 key length    i32
///        20 value length  i32
///        24 header bytes  i32
///        28 key, value, headers
/// headers 0 count         i32
///         each: name length i32, value length i32 (-1: null), name, value
/// </code>
/// Offsets that are missing in between (compaction, transactions) simply do not occur.
/// </remarks>
internal static class RecordFrame
{
    internal const int HeadBytes = 40, RecordBytes = 28;

    internal const int From = 0, Next = 8, FirstOffset = 16, Partition = 24, Count = 28, TopicLength = 32, IdLength = 34, Flags = 36;

    internal const int RecordOffset = 0, RecordFlags = 4, RecordTimestamp = 8, RecordKey = 16, RecordValue = 20, RecordHeaders = 24;

    /// <summary>A flag of the frame.</summary>
    internal const uint BeginsPartition = 1;

    internal const uint HasKey = 1, HasValue = 2, HasHeaders = 4, CreateTime = 8, LogAppendTime = 16;
}
