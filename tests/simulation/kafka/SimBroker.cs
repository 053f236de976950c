using K2I.Base;
using K2I.Kafka;

namespace K2I.Simulation.Tests;

/// <summary>A Kafka cluster: topics, and groups that read them.</summary>
public sealed class SimBroker(Scheduler scheduler, Dice dice)
{
    private readonly SortedDictionary<string, SimTopic> topics = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimGroup> groups = new(StringComparer.Ordinal);
    private int ids;
    private long records;

    /// <summary>Nobody reaches it.</summary>
    public bool Away { get; set; }

    /// <summary>A record's text is shorter than this.</summary>
    public int TextBytes { get; set; } = 60;

    /// <summary>Values of the field by which records go to tables; 0: they have none.</summary>
    public int Routes { get; init; }

    /// <summary>The most records that a poll finds.</summary>
    public int FetchRecords { get; set; } = 100;

    /// <summary>A fetch begins again a little before its position, as after a reconnect.</summary>
    public double Redelivers { get; set; }

    /// <summary>A query or a delivery fails.</summary>
    public double Fails { get; set; }

    /// <summary>By whose schemas rows are written; null for JSON.</summary>
    public SimRegistry? Schemas { get; set; }

    /// <summary>Every record there ever was.</summary>
    public List<SimRecord> Everything { get; } = [];

    /// <summary>Dead letters that were produced: where their records came from.</summary>
    public List<(string Topic, int Partition, long Offset)> Letters { get; } = [];

    /// <summary>The offset below which every table holds the records of a partition: these must stay there, whatever becomes of the topic.</summary>
    public Func<SimTopic, int, long> CommittedBelow { get; set; } = (_, _) => 0;

    internal Dice Dice => dice;

    internal Scheduler Scheduler => scheduler;

    public IEnumerable<SimTopic> Topics => topics.Values;

    public SimTopic CreateTopic(string name, int partitions)
    {
        scheduler.Trace.Add(scheduler.NowMs, "kafka", $"topic {name} created with {partitions} partitions");
        if (topics.TryGetValue(name, out var old)) End(old);
        var topic = topics[name] = new(name, $"topic-{++ids}", partitions);
        foreach (var group in groups.Values) group.TopicsChanged();
        return topic;
    }

    public SimTopic Topic(string name) => topics[name];

    internal SimTopic? Find(string name) => topics.GetValueOrDefault(name);

    public SimRecord Produce(string topic, int partition, RecordKind kind, int gap, string extra = "")
    {
        var id = ++records;
        var text = $"t{id}-{new string((char)('a' + id % 26), (int)(id * 7919 % TextBytes))}";
        if (Routes > 0 && kind == RecordKind.Row) extra += $",\"kind\":\"k{id % Routes}\"";
        var record = topics[topic].Append(partition, id, kind, text, SimClock.StartUnixMs + scheduler.NowMs, gap, extra,
            kind == RecordKind.Row ? Schemas?.Next() : null);
        Everything.Add(record);
        foreach (var group in groups.Values) group.WakeReaders();
        return record;
    }

    /// <summary>Offsets at the end of a partition that hold no record.</summary>
    public void AppendNothing(string topic, int partition, int offsets)
    {
        topics[topic].Partitions[partition].High += offsets;
        foreach (var group in groups.Values) group.WakeReaders();
    }

    public SimGroup Group(string name)
    {
        if (!groups.TryGetValue(name, out var group)) groups[name] = group = new(this, name);
        return group;
    }

    public IEnumerable<SimGroup> Groups => groups.Values;

    /// <summary>Removes records here and there, as compaction does.</summary>
    public void Compact(SimTopic topic, int partition, double share)
    {
        Lose(topic, partition, _ => dice.Chance(share));
    }

    /// <summary>The work of a thread that lives with the cluster: members that are silent for too long lose their partitions.</summary>
    public void Coordinate()
    {
        while (true)
        {
            scheduler.Sleep(500);
            foreach (var group in groups.Values) group.Tick();
        }
    }

    internal void RequireUp(int timeoutMs, string what)
    {
        if (!Away && !dice.Chance(Fails)) return;
        scheduler.Sleep(Math.Min(timeoutMs, 10_000));
        throw new EngineException(ErrorKind.Unavailable, $"kafka: {what}: timed out");
    }

    /// <summary>The partition holds nothing below an offset any more.</summary>
    public void Retain(SimTopic topic, int partition, long low)
    {
        topic.Partitions[partition].Low = Math.Clamp(low, topic.Partitions[partition].Low, topic.Partitions[partition].High);
        Lose(topic, partition, record => record.Offset < topic.Partitions[partition].Low);
    }

    private void End(SimTopic topic)
    {
        topic.Gone = true;
        for (var p = 0; p < topic.Partitions.Length; p++) Lose(topic, p, _ => true);
    }

    private void Lose(SimTopic topic, int partition, Func<SimRecord, bool> which)
    {
        var committed = CommittedBelow(topic, partition);
        foreach (var record in topic.Partitions[partition].Records)
        {
            if (record.Gone || !which(record)) continue;
            record.Gone = true;
            record.MayBeMissing |= record.Offset >= committed;
        }
    }
}
