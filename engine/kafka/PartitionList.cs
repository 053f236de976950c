namespace K2I.Kafka;

/// <summary>Owns an rd_kafka_topic_partition_list_t.</summary>
internal readonly unsafe ref struct PartitionList
{
    private PartitionList(int size) => Pointer = Native.PartitionListNew(size);

    public NativePartitionList* Pointer { get; }

    public int Count => Pointer->Count;

    public ref NativeTopicPartition this[int index] => ref Pointer->Items[index];

    public static PartitionList Of(ReadOnlySpan<TopicPartition> partitions)
    {
        var list = new PartitionList(partitions.Length);
        foreach (var (topic, partition) in partitions) Native.PartitionListAdd(list.Pointer, topic, partition);
        return list;
    }

    public static PartitionList Of(ReadOnlySpan<TopicPartitionOffset> partitions)
    {
        var list = new PartitionList(partitions.Length);
        foreach (var (topic, partition, offset) in partitions)
            Native.PartitionListAdd(list.Pointer, topic, partition)->Offset = offset.Value;
        return list;
    }

    public static PartitionList OfTopics(IReadOnlyList<string> topics)
    {
        var list = new PartitionList(topics.Count);
        foreach (var topic in topics) Native.PartitionListAdd(list.Pointer, TopicExpression.ForKafka(topic), -1);
        return list;
    }

    /// <summary>The offsets that a query left in the list; throws for the first partition that has an error.</summary>
    public TopicPartitionOffset[] ToOffsets(string attempt)
    {
        var offsets = new TopicPartitionOffset[Count];
        for (var i = 0; i < offsets.Length; i++)
        {
            ref var item = ref this[i];
            var topic = KafkaError.Utf8(item.Topic);
            KafkaError.Check(item.Err, $"{attempt} of {topic}[{item.Partition}]");
            offsets[i] = new(topic, item.Partition, new(item.Offset));
        }
        return offsets;
    }

    public void Dispose() => Native.PartitionListDestroy(Pointer);
}
