namespace K2I.Kafka;

/// <summary>A header to be produced, or one kept for later. A null value differs from an empty one; names may repeat.</summary>
public readonly record struct KafkaHeader(string Name, ReadOnlyMemory<byte>? Value);
