using K2I.Base;

namespace K2I.Kafka;

/// <summary>
/// One record as it was fetched: a borrow of librdkafka's memory, valid until <see cref="IRecordHandler.OnRecord"/> returns. Copy what is to outlive it.
/// </summary>
public readonly unsafe ref struct KafkaRecord
{
    private readonly NativeMessage* message;

    internal KafkaRecord(NativeMessage* message, int topicId)
    {
        this.message = message;
        TopicId = topicId;
        TimestampType type;
        TimestampMs = Native.MessageTimestamp(message, (int*)&type);
        TimestampType = type;
        Partition = message->Partition;
        Offset = new(message->Offset);
        HasKey = message->Key != null;
        Key = new ReadOnlySpan<byte>(message->Key, (int)message->KeyLength);
        IsTombstone = message->Payload == null;
        Value = new ReadOnlySpan<byte>(message->Payload, (int)message->Length);
    }

    /// <summary>A record from elsewhere than a broker: tests, simulations, replays. It has no headers.</summary>
    public KafkaRecord(
        int topicId, int partition, Offset offset, long timestampMs, TimestampType timestampType,
        ReadOnlySpan<byte> key, bool hasKey, ReadOnlySpan<byte> value, bool isTombstone)
    {
        TopicId = topicId;
        Partition = partition;
        Offset = offset;
        TimestampMs = timestampMs;
        TimestampType = timestampType;
        Key = key;
        HasKey = hasKey;
        Value = value;
        IsTombstone = isTombstone;
    }

    /// <summary>A small number that stands for the topic in one consumer: 0, 1, 2 … See <see cref="KafkaConsumer.TopicName"/>.</summary>
    public int TopicId { get; }

    public int Partition { get; }

    public Offset Offset { get; }

    /// <summary>Milliseconds since 1970-01-01T00:00:00Z; -1 where <see cref="TimestampType"/> is None.</summary>
    public long TimestampMs { get; }

    public TimestampType TimestampType { get; }

    /// <summary>Empty where there is none.</summary>
    public ReadOnlySpan<byte> Key { get; }

    public bool HasKey { get; }

    /// <summary>Empty for a tombstone.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>True where the value is null, which an empty value is not.</summary>
    public bool IsTombstone { get; }

    public KafkaHeaders Headers => new(message);
}
