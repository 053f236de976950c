using K2I.Base;

namespace K2I.Kafka;

public sealed unsafe partial class KafkaConsumer
{
    /// <summary>librdkafka's events, kept off the public surface.</summary>
    private sealed class Callbacks(KafkaConsumer consumer) : IClientOwner
    {
        public KafkaConsumer Consumer => consumer;

        public void OnError(int error, string text)
        {
            // Brokers close idle connections; while another stands, that is no problem. When none does, "all brokers down" follows.
            if (error == KafkaError.Transport && consumer.Connection.State == KafkaConnectionState.Up) return;
            if (error == KafkaError.AllBrokersDown && consumer.Connection.LastError is { } cause) text = $"{text} ({cause})";
            consumer.listener.OnProblem(new(KafkaError.ProblemOf(error), null, -1, Offset.None, text));
        }

        public void OnRebalance(int error, NativePartitionList* partitions) => consumer.Rebalance(error, partitions);

        public void OnAcked(int error, NativePartitionList* partitions) => consumer.OnAcked(error, partitions);

        public void OnDelivered(NativeMessage* message)
        {
        }
    }

    private void Rebalance(int error, NativePartitionList* partitions)
    {
        topics.ForgetHandles();
        var cooperative = KafkaError.Utf8(Native.RebalanceProtocol(client.Pointer)) == "COOPERATIVE";
        if (error == KafkaError.AssignPartitions) Assign(partitions, cooperative);
        else if (error == KafkaError.RevokePartitions) Unassign(partitions, cooperative);
        else
        {
            // librdkafka wants its state put in step after a failed rebalance; it then rejoins.
            listener.OnProblem(new(KafkaProblemKind.Other, null, -1, Offset.None, $"rebalance failed: {KafkaError.Text(error)}"));
            assigned.Clear();
            KafkaError.Check(Native.Assign(client.Pointer, null), "clear the assignment");
        }
    }

    /// <summary>
    /// Takes the partitions over without a record flowing: each is paused before librdkafka has it, and its fetcher waits at an offset that
    /// means nothing, for <see cref="Start"/> to set another.
    /// </summary>
    private void Assign(NativePartitionList* partitions, bool cooperative)
    {
        AwaitStops();
        var given = new TopicPartition[partitions->Count];
        for (var i = 0; i < given.Length; i++)
        {
            ref var item = ref partitions->Items[i];
            given[i] = new(KafkaError.Utf8(item.Topic), item.Partition);
            ForwardRecords(item.Topic, item.Partition);
            item.Offset = 0;
        }
        KafkaError.Check(Native.PausePartitions(client.Pointer, partitions), "stop partitions");
        if (cooperative) KafkaError.Check(Native.IncrementalAssign(client.Pointer, partitions), "assign partitions");
        else KafkaError.Check(Native.Assign(client.Pointer, partitions), "assign partitions");
        assigned.UnionWith(given);
        if (given.Length > 0) listener.OnAssigned(given);
    }

    private void Unassign(NativePartitionList* partitions, bool cooperative)
    {
        var leaving = new TopicPartition[partitions->Count];
        for (var i = 0; i < leaving.Length; i++) leaving[i] = new(KafkaError.Utf8(partitions->Items[i].Topic), partitions->Items[i].Partition);
        try
        {
            if (leaving.Length == 0) return;
            if (Native.AssignmentLost(client.Pointer) != 0) listener.OnLost(leaving);
            else listener.OnRevoked(leaving);
        }
        finally
        {
            assigned.ExceptWith(leaving);
            if (cooperative) KafkaError.Check(Native.IncrementalUnassign(client.Pointer, partitions), "unassign partitions");
            else KafkaError.Check(Native.Assign(client.Pointer, null), "unassign partitions");
        }
    }

    /// <summary>
    /// Sends a partition's fetched records to a queue of their own. On librdkafka's consumer queue they would meet group events, which
    /// rd_kafka_consume_callback_queue cannot serve: it takes every entry for a message and aborts the process on others.
    /// </summary>
    private void ForwardRecords(byte* topic, int partition)
    {
        var queue = Native.QueueGetPartition(client.Pointer, topic, partition);
        Check.That(queue != 0);
        Native.QueueForward(queue, records);
        Native.QueueDestroy(queue);
    }

    /// <summary>
    /// Stopping a partition clears its forwarding (<see cref="ForwardRecords"/>), on librdkafka's main thread and in its own time. That thread serves
    /// requests in order: once it has answered one, the stop is on its list, and once it has answered another, the stop is done.
    /// </summary>
    private void AwaitStops()
    {
        for (var i = 0; i < 2; i++)
        {
            NativePartitionList* assignment;
            KafkaError.Check(Native.Assignment(client.Pointer, &assignment), "read the assignment");
            Native.PartitionListDestroy(assignment);
        }
    }

    private void Release(bool leave, int timeoutMs)
    {
        closed = true;
        Native.QueueOnEvent(events, null, 0);
        var left = leave && TryLeave(timeoutMs);
        Native.QueueDestroy(events);
        Native.QueueDestroy(records);
        client.Destroy(left ? 0 : Native.DestroyWithoutClose);
    }

    private bool TryLeave(int timeoutMs)
    {
        var closing = Native.QueueNew(client.Pointer);
        try
        {
            var error = Native.ConsumerCloseQueue(client.Pointer, closing);
            if (error != 0)
            {
                Native.ErrorDestroy(error);
                return false;
            }
            var deadline = clock.MonotonicMs + timeoutMs;
            while (Native.ConsumerClosed(client.Pointer) == 0)
            {
                var left = deadline - clock.MonotonicMs;
                if (left <= 0)
                {
                    log.Warn("left the consumer group without telling the broker", ("group", Options.Group), ("waited_ms", timeoutMs));
                    return false;
                }
                _ = Native.QueuePollCallback(closing, (int)Math.Min(left, 50));
            }
            return true;
        }
        finally
        {
            Native.QueueDestroy(closing);
        }
    }

    private void OnAcked(int error, NativePartitionList* partitions)
    {
        if (error == KafkaError.NoOffset) return;
        for (var i = 0; partitions != null && i < partitions->Count; i++)
        {
            ref var item = ref partitions->Items[i];
            var failed = error != KafkaError.None ? error : item.Err;
            if (failed == KafkaError.None) continue;
            listener.OnProblem(new(KafkaProblemKind.AckFailed, KafkaError.Utf8(item.Topic), item.Partition, new(item.Offset), KafkaError.Text(failed)));
        }
    }
}
