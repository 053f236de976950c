namespace K2I.Kafka;

/// <summary>
/// What a consumer tells besides records. Every call comes on the thread that is in <see cref="KafkaConsumer.Poll"/> or
/// <see cref="KafkaConsumer.Close"/>, never while a record is being handled. What it throws comes out of that call.
/// </summary>
public interface IConsumerListener
{
    /// <summary>
    /// Partitions were assigned. Nothing of them is delivered until <see cref="KafkaConsumer.Start"/>, from in here or at any time later;
    /// partitions that come back are to be started anew.
    /// </summary>
    void OnAssigned(ReadOnlySpan<TopicPartition> partitions);

    /// <summary>
    /// Partitions go to another member once this returns: flush what was read of them, within the session's bounds
    /// (<c>max.poll.interval.ms</c>). No further record of them arrives.
    /// </summary>
    void OnRevoked(ReadOnlySpan<TopicPartition> partitions);

    /// <summary>Partitions were taken away already, and another member may read them: drop what is not in the table.</summary>
    void OnLost(ReadOnlySpan<TopicPartition> partitions);

    /// <summary>Something is wrong with a partition, a topic, the group or the connection.</summary>
    void OnProblem(in KafkaProblem problem);
}
