namespace K2I.Kafka;

/// <summary>What a client's owner hears from librdkafka, on the polling thread.</summary>
internal unsafe interface IClientOwner
{
    void OnError(int error, string text);

    void OnRebalance(int error, NativePartitionList* partitions);

    void OnAcked(int error, NativePartitionList* partitions);

    void OnDelivered(NativeMessage* message);
}
