using K2I.Base;

namespace K2I.Kafka;

/// <summary>A partition just assigned, and where to start it: the listener must set <see cref="StartOffset"/>.</summary>
public struct PartitionStart(string topic, int partition)
{
    public readonly string Topic => topic;

    public readonly int Partition => partition;

    /// <summary>The next offset to read, or <see cref="Offset.Beginning"/> or <see cref="Offset.End"/>.</summary>
    public Offset StartOffset { get; set; } = Offset.None;
}
