using System.Diagnostics.CodeAnalysis;

namespace K2I.Pipeline;

/// <summary>
/// The partitions that are assigned to a lane, found by themselves and by topic: there may be tens of thousands. The lane's thread.
/// </summary>
internal sealed class LanePartitions
{
    private readonly Dictionary<(string Topic, int Partition), LanePartition> all = [];
    private readonly Dictionary<string, List<LanePartition>> byTopic = new(StringComparer.Ordinal);

    internal int Count => all.Count;

    internal Dictionary<(string Topic, int Partition), LanePartition>.ValueCollection All => all.Values;

    internal List<LanePartition> Of(string topic) => byTopic.GetValueOrDefault(topic) ?? [];

    internal bool TryGet(string topic, int partition, [NotNullWhen(true)] out LanePartition? found) =>
        all.TryGetValue((topic, partition), out found);

    internal LanePartition Add(string topic, int partition)
    {
        TryRemove(topic, partition, out _);
        var added = new LanePartition(topic, partition);
        all[(topic, partition)] = added;
        if (!byTopic.TryGetValue(topic, out var siblings)) byTopic[topic] = siblings = [];
        siblings.Add(added);
        return added;
    }

    internal bool TryRemove(string topic, int partition, [NotNullWhen(true)] out LanePartition? removed)
    {
        if (!all.Remove((topic, partition), out removed)) return false;
        var siblings = byTopic[topic];
        siblings.Remove(removed);
        if (siblings.Count == 0) byTopic.Remove(topic);
        return true;
    }

    internal void Clear()
    {
        all.Clear();
        byTopic.Clear();
    }
}
