using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>Records, from the consumer to the tables that they feed.</summary>
internal sealed partial class Lane
{
    /// <summary>Records on the broker that are not worth the name of a lag.</summary>
    private const int LeastLag = 10_000;

    private long taken;
    private long takenBefore;

    /// <summary>It has records to fetch, or waits for room: looked at once a second. Any thread.</summary>
    internal bool IsBehind { get; private set; }

    public void OnRecord(in KafkaRecord record)
    {
        if (Of(record.TopicId, record.Partition) is not { } partition || record.Offset < partition.Position) return;
        partition.Position = record.Offset.Next;
        taken++;
        foreach (var source in partition.Direct)
            if (record.Offset >= source.NextOffset) Offer(in record, source);
        foreach (var route in partition.Routes) Route(in record, route);
    }

    private void Offer(in KafkaRecord record, Source source)
    {
        var part = source.Part!;
        try
        {
            part.Offer(in record, source);
        }
        catch (EngineException error) when (IsOfTable(error))
        {
            Fail(part, error);
        }
    }

    public void OnPartitionEnd(int topicId, int partitionNumber, Offset nextOffset)
    {
        if (Of(topicId, partitionNumber) is not { } partition) return;
        if (partition.Position < nextOffset) partition.Position = nextOffset;
        foreach (var source in partition.Direct) source.Part!.OfferEnd(source, nextOffset);
        foreach (var route in partition.Routes) route.Pass(nextOffset);
    }

    /// <summary>The partition of a record, by the numbers that the consumer gives topics; forgotten when partitions come or go.</summary>
    private LanePartition? Of(int topicId, int partition) =>
        topicId < byTopic.Length && byTopic[topicId] is { } known ? partition < known.Length ? known[partition] : null
            : LookUp(topicId, partition);

    /// <summary>Apart from the fast path: its closure would be allocated there for every record.</summary>
    private LanePartition? LookUp(int topicId, int partition)
    {
        var topic = consumer!.TopicName(topicId);
        var known = partitions.Of(topic);
        var byPartition = new LanePartition?[known.Select(p => p.Partition + 1).DefaultIfEmpty(0).Max()];
        foreach (var each in known) byPartition[each.Partition] = each;
        if (topicId >= byTopic.Length) Array.Resize(ref byTopic, Math.Max(16, topicId * 2));
        byTopic[topicId] = byPartition;
        return partition < byPartition.Length ? byPartition[partition] : null;
    }

    /// <summary>
    /// It is behind by more than it takes in two seconds, or stands still for want of something. A table whose catalog or store is away
    /// does not count: that may last.
    /// </summary>
    private void LookBehind()
    {
        long lag = 0;
        foreach (var partition in partitions.All)
            foreach (var source in partition.Reading)
                if (source is { HighWatermark.IsNumber: true, NextOffset.IsNumber: true } && !engine.IsTroubled(source.Part!.Run))
                    lag += Math.Max(0, source.HighWatermark - source.NextOffset);
        IsBehind = stalled.Exists(p => !engine.IsTroubled(p.Run)) || Log.Trouble is not null
            || lag > Math.Max(LeastLag, 2 * (taken - takenBefore));
        takenBefore = taken;
    }
}
