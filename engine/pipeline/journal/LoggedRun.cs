namespace K2I.Pipeline;

/// <summary>
/// The last unbroken run of a partition's records in the log: <paramref name="From"/> inclusive, <paramref name="Next"/> exclusive; its first frame lies at <paramref name="Position"/>.
/// <paramref name="BeginsPartition"/>: nothing of the partition came before, so it goes with a table that holds nothing of it.
/// </summary>
internal readonly record struct LoggedRun(string? TopicId, long From, long Next, long Position, bool BeginsPartition);
