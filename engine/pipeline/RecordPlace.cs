using K2I.Base;

namespace K2I.Pipeline;

/// <summary>Where a record stands in Kafka.</summary>
internal readonly record struct RecordPlace(string Topic, int Partition, Offset Offset);
