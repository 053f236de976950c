namespace K2I.Kafka;

/// <summary>A client's connection for status pages; immutable. <see cref="LastError"/> stays after recovery, as what happened last.</summary>
public sealed record KafkaConnection(KafkaConnectionState State, long SinceUnixMs, string? LastError);
