namespace K2I.Kafka;

/// <summary>A group member as the pipeline uses it: <see cref="KafkaConsumer"/>, or a simulation of one. Its doc says what each call does, and on which threads.</summary>
public interface IConsumer : IDisposable
{
    KafkaConnection Connection { get; }

    string TopicName(int topicId);

    int Poll(int timeoutMs, int maxRecords, IRecordHandler handler);

    void EndPoll();

    void PollEvents(int timeoutMs);

    void Subscribe(IReadOnlyList<string> topics);

    void Start(ReadOnlySpan<TopicPartitionOffset> starts);

    void Stop(ReadOnlySpan<TopicPartition> partitions);

    void Ack(ReadOnlySpan<TopicPartitionOffset> nextOffsets);

    bool TryAck(ReadOnlySpan<TopicPartitionOffset> nextOffsets, int timeoutMs);

    bool TryGetWatermarks(TopicPartition partition, out Watermarks watermarks);
}
