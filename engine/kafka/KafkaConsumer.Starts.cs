using K2I.Base;

namespace K2I.Kafka;

/// <summary>
/// What of the assigned partitions is delivered. A partition is <i>paused</i> in librdkafka from before it is assigned until it is started;
/// stopping pauses it again, and starting sets its position before it lets it go on. All of that is done by librdkafka's main thread, which
/// asks no broker for it, and each call here waits for that thread twice, however many partitions there are. Each call outdates what was
/// fetched under the former state, also what waits in the queue.
/// </summary>
public sealed unsafe partial class KafkaConsumer
{
    /// <summary>librdkafka goes through the list for each answer.</summary>
    private const int StartAtOnce = 256;

    /// <summary>librdkafka takes no longer than a moment to begin with a partition that it was just given.</summary>
    private const int StartMs = 30_000;

    private readonly HashSet<TopicPartition> assigned = [];

    /// <summary>
    /// From now on the records of these partitions are delivered from an offset on (or from <see cref="Offset.Beginning"/> or
    /// <see cref="Offset.End"/>); of what was fetched before, nothing. It does not matter whether a partition was never started, was
    /// stopped, is running, or stands still after <see cref="KafkaProblemKind.OffsetOutOfRange"/> or
    /// <see cref="KafkaProblemKind.Corrupt"/>. They are assigned. While the consumer closes, nothing starts. Polling thread, within
    /// callbacks too.
    /// </summary>
    public void Start(ReadOnlySpan<TopicPartitionOffset> starts)
    {
        foreach (var (topic, partition, offset) in starts)
            Check.That(assigned.Contains(new(topic, partition)) && (offset.IsNumber || offset == Offset.Beginning || offset == Offset.End));
        // librdkafka begins with nothing any more that a close still assigns, to revoke it in order.
        if (closed) return;
        for (; starts.Length > StartAtOnce; starts = starts[StartAtOnce..]) StartSome(starts[..StartAtOnce]);
        if (!starts.IsEmpty) StartSome(starts);
    }

    /// <summary>
    /// From now on nothing of these partitions is delivered, until they are started again: neither what waits already nor, from within
    /// <see cref="IRecordHandler.OnRecord"/>, what comes behind that record in the same poll. Those that are not assigned (any more) are
    /// passed over. Polling thread, within callbacks too.
    /// </summary>
    public void Stop(ReadOnlySpan<TopicPartition> partitions)
    {
        using var list = PartitionList.Of(partitions);
        if (list.Count > 0) KafkaError.Check(Native.PausePartitions(Live, list.Pointer), "stop partitions");
    }

    private void StartSome(ReadOnlySpan<TopicPartitionOffset> starts)
    {
        var deadline = clock.MonotonicMs + StartMs;
        for (var left = starts; !left.IsEmpty;)
        {
            left = Position(left);
            if (left.IsEmpty) break;
            if (clock.MonotonicMs >= deadline)
                throw new EngineException(ErrorKind.Unavailable, $"kafka: {left[0]} and {left.Length - 1} others cannot be started");
            AwaitStops();
            clock.Sleep(1);
        }
        using var list = PartitionList.Of(starts);
        KafkaError.Check(Native.ResumePartitions(Live, list.Pointer), "start partitions");
    }

    /// <summary>
    /// Sets where partitions go on; those that it could not be set for yet. librdkafka begins with a partition in its own time, and its
    /// group's requests (at each rebalance) may overtake ours.
    /// </summary>
    private TopicPartitionOffset[] Position(ReadOnlySpan<TopicPartitionOffset> starts)
    {
        using var list = PartitionList.Of(starts);
        KafkaError.Check(Native.SeekPartitions(Live, list.Pointer, StartMs), "start partitions");
        var left = new List<TopicPartitionOffset>();
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Err is KafkaError.State or KafkaError.PreviousInProgress or KafkaError.Outdated) left.Add(starts[i]);
            else KafkaError.Check(list[i].Err, $"start {starts[i]}");
        }
        return [.. left];
    }
}
