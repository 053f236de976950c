using K2I.Base;

namespace K2I.Kafka;

public sealed unsafe partial class KafkaConsumer
{
    /// <summary>The client, which must not have been closed; a close under way still counts as open, for the listener's sake.</summary>
    private nint Live
    {
        get
        {
            Check.That(client.Pointer != 0);
            return client.Pointer;
        }
    }

    /// <summary>
    /// Tells the group how far the table is, for lag tools; offsets are those of the next record. Returns at once: a failure comes as a
    /// <see cref="KafkaProblemKind.AckFailed"/> in a later poll.
    /// </summary>
    public void Ack(ReadOnlySpan<TopicPartitionOffset> nextOffsets)
    {
        if (nextOffsets.IsEmpty) return;
        using var list = PartitionList.Of(nextOffsets);
        KafkaError.Check(Native.Commit(Live, list.Pointer, isAsync: 1), "ack");
    }

    /// <summary>As <see cref="Ack"/>, but waits for the group's answer: on shutdown and revoke. False where it failed or did not come in time.</summary>
    public bool TryAck(ReadOnlySpan<TopicPartitionOffset> nextOffsets, int timeoutMs)
    {
        if (nextOffsets.IsEmpty) return true;
        using var list = PartitionList.Of(nextOffsets);
        var answers = Native.QueueNew(Live);
        try
        {
            if (Native.CommitQueue(Live, list.Pointer, answers, 0, 0) != KafkaError.None) return false;
            var answer = Native.QueuePoll(answers, timeoutMs);
            if (answer == 0) return false;
            var error = Native.EventError(answer);
            if (error != KafkaError.None) log.Warn("ack failed", ("group", Options.Group), ("error", KafkaError.Text(error)));
            Native.EventDestroy(answer);
            return error == KafkaError.None;
        }
        finally
        {
            Native.QueueDestroy(answers);
        }
    }

    /// <summary>The group's acked offsets; <see cref="Offset.None"/> where there is none.</summary>
    public TopicPartitionOffset[] QueryAcked(ReadOnlySpan<TopicPartition> partitions, int timeoutMs)
    {
        using var list = PartitionList.Of(partitions);
        KafkaError.Check(Native.Committed(Live, list.Pointer, timeoutMs), $"read the acked offsets of group {Options.Group}");
        return list.ToOffsets("acked offset");
    }

    /// <summary>The range as of the last fetch, without asking: for lag. False until something was fetched.</summary>
    public bool TryGetWatermarks(TopicPartition partition, out Watermarks watermarks)
    {
        long low = Offset.None.Value, high = low;
        var error = Native.GetWatermarks(Live, partition.Topic, partition.Partition, &low, &high);
        watermarks = new(new(low), new(high));
        return error == KafkaError.None && high >= 0;
    }
}
