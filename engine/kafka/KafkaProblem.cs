using K2I.Base;

namespace K2I.Kafka;

/// <summary>
/// A problem that is an event, not an exception. <see cref="Topic"/> is null and <see cref="Partition"/> -1 where none is concerned;
/// <see cref="Offset"/> is <see cref="Offset.None"/> where unknown. <see cref="Text"/> is librdkafka's, for people.
/// </summary>
public readonly record struct KafkaProblem(KafkaProblemKind Kind, string? Topic, int Partition, Offset Offset, string Text);
