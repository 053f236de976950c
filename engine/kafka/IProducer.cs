namespace K2I.Kafka;

/// <summary>A producer as dead letters use it: <see cref="KafkaProducer"/>, or a simulation of one. Its doc says what each call does. One thread.</summary>
public interface IProducer : IDisposable
{
    /// <summary>Why the last record failed, or the connection's last error.</summary>
    string? LastError { get; }

    bool TryProduce(in ProducerRecord record);

    void Poll(int timeoutMs);

    bool Flush(int timeoutMs);

    /// <summary>Takes the tags of records whose delivery has failed since the last call, in no particular order.</summary>
    IReadOnlyList<long> TakeFailed();
}
