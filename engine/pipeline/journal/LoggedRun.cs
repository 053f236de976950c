using K2I.Base;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>
/// The last unbroken run of a partition's records in the log: <paramref name="From"/> inclusive, <paramref name="Next"/> exclusive; its first frame lies at <paramref name="Position"/>.
/// <paramref name="BeginsPartition"/>: nothing of the partition came before, so it goes with a table that holds nothing of it.
/// </summary>
internal readonly record struct LoggedRun(string? TopicId, Offset From, Offset Next, LogPosition Position, bool BeginsPartition)
{
    /// <summary>
    /// Reading may go on at the end of this run. <paramref name="committed"/> is where the table stands, null where it has nothing of the partition.
    /// <code>
    ///   topic id        the table stands at   the run                 continues
    /// a another one     –                     –                       no: its offsets mean other records
    /// b the same, or    nothing               begins the partition    yes
    /// c one not told    nothing               begins behind a part    no: that part is lost
    /// d                 From … Next           –                       yes, from where the table stands
    /// e                 before From           –                       no: what lies between is lost
    /// f                 behind Next           –                       no: another member went on
    /// </code>
    /// </summary>
    internal bool Continues(Offset? committed, string? topicId) =>
        (TopicId is null || topicId is null || TopicId == topicId)
        && (committed is { } at ? From <= at && at <= Next : BeginsPartition);
}
