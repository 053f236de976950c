using K2I.Kafka;

namespace K2I.Simulation.Tests;

/// <summary>A consumer group: who reads which partition. A partition has one owner at a time, as far as the group knows: an owner that was silent for too long is not asked.</summary>
public sealed class SimGroup(SimBroker broker, string name)
{
    private const int SessionMs = 10_000, MaxPollMs = 300_000;

    private readonly List<SimConsumer> members = [];
    private readonly SortedDictionary<(string Topic, int Partition), SimConsumer?> owners = [];
    private readonly HashSet<(string Topic, int Partition)> leaving = [];

    public string Name => name;

    /// <summary>What members told of how far they are.</summary>
    public Dictionary<(string Topic, int Partition), long> Acked { get; } = [];

    public int Members => members.Count;

    internal void Join(SimConsumer member)
    {
        members.Add(member);
        Rebalance(shuffle: false);
    }

    /// <summary>Its partitions are free: it gave them back, or is not believed to be there.</summary>
    internal void Leave(SimConsumer member)
    {
        if (!members.Remove(member)) return;
        foreach (var partition in owners.Keys.ToArray())
        {
            if (owners[partition] != member) continue;
            owners[partition] = null;
            leaving.Remove(partition);
        }
        Rebalance(shuffle: false);
    }

    internal bool Has(SimConsumer member) => members.Contains(member);

    internal void Tick()
    {
        foreach (var member in members.ToArray())
        {
            if (member.SilentMs > SessionMs || member.UnpolledMs > MaxPollMs) Evict(member, member.SilentMs > SessionMs ? "is silent" : "does not poll");
        }
    }

    /// <summary>The member is given up; it hears of it when it comes back.</summary>
    internal void Evict(SimConsumer member, string why)
    {
        broker.Scheduler.Trace.Add(broker.Scheduler.NowMs, "kafka", $"group {name}: {member.Name} {why}, and is out");
        Leave(member);
        member.Lost();
    }

    /// <summary>Some member, alive or not, is given up.</summary>
    public void EvictOne()
    {
        if (members.Count > 0) Evict(members[broker.Dice.Below(members.Count)], "is taken for dead");
    }

    internal void WakeReaders()
    {
        foreach (var member in members) member.Wake();
    }

    /// <summary>Everyone's partitions are shared out anew when topics come and go.</summary>
    internal void TopicsChanged()
    {
        foreach (var (partition, owner) in owners.ToArray())
            if (owner is not null) AskBack(partition, owner);
        Rebalance(shuffle: false);
    }

    /// <summary>Shares out the partitions; each stays where it is if that is fair, or moves anywhere if <paramref name="shuffle"/>.</summary>
    public void Rebalance(bool shuffle)
    {
        if (members.Count == 0) return;
        var partitions = broker.Topics.Where(t => members.Exists(m => m.Wants(t.Name)))
            .SelectMany(t => Enumerable.Range(0, t.Partitions.Length).Select(p => (t.Name, p))).ToArray();
        var load = members.ToDictionary(m => m, _ => 0);
        var fair = (partitions.Length + members.Count - 1) / members.Count;
        foreach (var partition in partitions)
        {
            var owner = owners.GetValueOrDefault(partition);
            var able = members.FindAll(m => m.Wants(partition.Name));
            var stays = owner is not null && !shuffle && load[owner] < fair && able.Contains(owner);
            var to = stays ? owner! : shuffle ? able[broker.Dice.Below(able.Count)] : able.MinBy(m => load[m])!;
            load[to]++;
            if (to == owner) continue;
            if (owner is not null) AskBack(partition, owner);
            else if (!leaving.Contains(partition)) Give(partition, to);
        }
        foreach (var (partition, owner) in owners.ToArray())
            if (owner is not null && !owner.Wants(partition.Topic)) AskBack(partition, owner);
    }

    /// <summary>The owner has given partitions back.</summary>
    internal void Returned(SimConsumer member, IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            var key = (partition.Topic, partition.Partition);
            if (owners.GetValueOrDefault(key) != member) continue;
            leaving.Remove(key);
            owners[key] = null;
        }
        Rebalance(shuffle: false);
    }

    private void AskBack((string Topic, int Partition) partition, SimConsumer owner)
    {
        if (leaving.Add(partition)) owner.AskBack(new(partition.Topic, partition.Partition));
    }

    private void Give((string Topic, int Partition) partition, SimConsumer to)
    {
        owners[partition] = to;
        to.Give(new(partition.Topic, partition.Partition));
    }
}
