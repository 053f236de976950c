namespace K2I.Kafka;

/// <summary>
/// A topic as the cluster describes it. <see cref="TopicId"/> (16 bytes in base64, as Kafka prints it) changes when a topic is deleted and created again;
/// null where the broker is too old to tell. <see cref="Exists"/> is false for a name the cluster does not know.
/// </summary>
public sealed record TopicInfo(string Name, string? TopicId, int Partitions, bool Exists);
