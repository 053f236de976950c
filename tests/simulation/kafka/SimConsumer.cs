using System.Text.RegularExpressions;
using K2I.Base;
using K2I.Kafka;

namespace K2I.Simulation.Tests;

/// <summary>A group member, with the contract of <see cref="KafkaConsumer"/>: events and records come on the polling thread.</summary>
public sealed class SimConsumer : IConsumer
{
    private readonly SimBroker broker;
    private readonly SimGroup group;
    private readonly SimProcess process;
    private readonly Scheduler scheduler;
    private readonly IConsumerListener listener;
    private readonly ILog log;
    private readonly ILatch wake;
    private readonly SortedDictionary<(string Topic, int Partition), Position> assigned = [];
    private readonly List<TopicPartition> toGive = [], toReturn = [];
    private readonly List<string> topicNames = [];
    private bool lost;
    private bool ended;
    private bool closed;
    private long silentSinceMs = -1;
    private long polledMs;
    private long redeliverMs;
    private long toldAwayMs = -60_000;

    /// <summary>Where a partition stands; it delivers nothing until it is started.</summary>
    private sealed class Position(SimTopic? topic)
    {
        public SimTopic? Topic => topic;

        public long Offset { get; set; }

        public bool Runs { get; set; }

        /// <summary>Where it was started last; a consumer that delivers something twice goes back no further.</summary>
        public long StartedAt { get; set; }

        public int Starts { get; set; }

        public bool OutOfRange { get; set; }

        /// <summary>Where the reader was last told that the partition ends.</summary>
        public long ToldEnd { get; set; } = -1;
    }

    public SimConsumer(SimBroker broker, SimProcess process, IClock clock, ConsumerOptions options, IConsumerListener listener, ILog log)
    {
        (this.broker, this.process, this.listener, this.log) = (broker, process, listener, log);
        (scheduler, Topics) = (broker.Scheduler, options.Topics);
        wake = clock.CreateLatch();
        scheduler.Enter($"join {options.Group}");
        polledMs = scheduler.NowMs;
        group = broker.Group(options.Group);
        group.Join(this);
    }

    internal string Name => process.Name;

    internal IReadOnlyList<string> Topics { get; private set; }

    internal bool Wants(string topic) => Topics.Any(t => t.StartsWith('^') ? Regex.IsMatch(topic, t) : t == topic);

    /// <summary>How long no heartbeat has come: they are sent as long as the process runs, whatever its threads do.</summary>
    internal long SilentMs
    {
        get
        {
            if (!process.Frozen && !process.Dead) silentSinceMs = -1;
            else if (silentSinceMs < 0) silentSinceMs = scheduler.NowMs;
            return silentSinceMs < 0 ? 0 : scheduler.NowMs - silentSinceMs;
        }
    }

    internal long UnpolledMs => scheduler.NowMs - polledMs;

    public KafkaConnection Connection => new(broker.Away ? KafkaConnectionState.Down : KafkaConnectionState.Up, 0, broker.Away ? "no broker answers" : null);

    public string TopicName(int topicId) => topicNames[topicId];

    internal void Wake() => wake.Set();

    internal void Give(TopicPartition partition)
    {
        toGive.Add(partition);
        wake.Set();
    }

    internal void AskBack(TopicPartition partition)
    {
        // It was on its way here and is not seen any more.
        if (toGive.Remove(partition)) group.Returned(this, [partition]);
        else toReturn.Add(partition);
        wake.Set();
    }

    internal void Lost()
    {
        lost = true;
        toGive.Clear();
        toReturn.Clear();
        wake.Set();
    }

    public int Poll(int timeoutMs, int maxRecords, IRecordHandler handler)
    {
        Begin("poll");
        ServeEvents();
        var records = Deliver(maxRecords, handler);
        if (records > 0 || HasEvents) return records;
        wake.Wait(timeoutMs);
        wake.Reset();
        return Deliver(maxRecords, handler);
    }

    public void EndPoll() => ended = true;

    public void PollEvents(int timeoutMs)
    {
        Begin("poll events");
        ServeEvents();
        scheduler.Sleep(timeoutMs);
        ServeEvents();
    }

    public void Subscribe(IReadOnlyList<string> topics)
    {
        Check.That(topics.Count > 0);
        scheduler.Enter("subscribe");
        Topics = topics;
        if (group.Has(this)) group.Rebalance(shuffle: false);
    }

    public void Start(ReadOnlySpan<TopicPartitionOffset> starts)
    {
        foreach (var (topic, partition, offset) in starts)
        {
            var position = assigned[(topic, partition)];
            var held = position.Topic?.Partitions[partition];
            Check.That(offset.IsNumber || offset == Offset.Beginning || offset == Offset.End);
            position.Offset = offset.IsNumber ? offset.Value : (offset == Offset.Beginning ? held?.Low : held?.High) ?? 0;
            (position.Runs, position.OutOfRange, position.ToldEnd, position.StartedAt) = (true, false, -1, position.Offset);
            position.Starts++;
            scheduler.Trace.Add(scheduler.NowMs, scheduler.CurrentThread, $"STARTS {topic}[{partition}]@{position.Offset}");
        }
    }

    public void Stop(ReadOnlySpan<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
            if (assigned.TryGetValue((partition.Topic, partition.Partition), out var position)) position.Runs = false;
    }

    public void Ack(ReadOnlySpan<TopicPartitionOffset> nextOffsets)
    {
        if (!group.Has(this) || broker.Away) return;
        foreach (var next in nextOffsets) group.Acked[(next.Topic, next.Partition)] = next.Offset.Value;
    }

    public bool TryAck(ReadOnlySpan<TopicPartitionOffset> nextOffsets, int timeoutMs)
    {
        var copy = nextOffsets.ToArray();
        scheduler.Enter("ack");
        if (broker.Away) scheduler.Sleep(timeoutMs);
        Ack(copy);
        return !broker.Away;
    }

    public bool TryGetWatermarks(TopicPartition partition, out Watermarks watermarks)
    {
        watermarks = default;
        if (!assigned.TryGetValue((partition.Topic, partition.Partition), out var position) || position.Topic is not { Gone: false } topic) return false;
        watermarks = new(new(topic.Partitions[partition.Partition].Low), new(topic.Partitions[partition.Partition].High));
        return true;
    }

    /// <summary>Gives everything back and leaves. What the listener throws is logged.</summary>
    public void Dispose()
    {
        if (closed || process.Dead) return;
        closed = true;
        try
        {
            scheduler.Enter("leave");
            if (lost) TakeLost();
            else if (assigned.Count > 0) Revoke([.. assigned.Keys.Select(k => new TopicPartition(k.Topic, k.Partition))]);
        }
        catch (Exception error) when (error is not SimCrash)
        {
            log.Error("consumer closed with an error", ("error", error.Message));
        }
        group.Leave(this);
    }

    private bool HasEvents => lost || !broker.Away && (toGive.Count > 0 || toReturn.Count > 0);

    private void Begin(string call)
    {
        Check.That(!closed);
        polledMs = scheduler.NowMs;
        ended = false;
        scheduler.Enter(call);
        if (!broker.Away || scheduler.NowMs - toldAwayMs < 5_000) return;
        toldAwayMs = scheduler.NowMs;
        listener.OnProblem(new(KafkaProblemKind.Unavailable, null, -1, Offset.None, "no broker answers"));
    }

    private void ServeEvents()
    {
        if (lost)
        {
            TakeLost();
            group.Join(this);
        }
        if (broker.Away) return;
        if (toReturn.Count > 0)
        {
            TopicPartition[] leaving = [.. toReturn];
            toReturn.Clear();
            Revoke(leaving);
        }
        if (toGive.Count == 0 || lost) return;
        TopicPartition[] given = [.. toGive];
        toGive.Clear();
        Assign(given);
    }

    private void TakeLost()
    {
        lost = false;
        TopicPartition[] gone = [.. assigned.Keys.Select(k => new TopicPartition(k.Topic, k.Partition))];
        assigned.Clear();
        if (gone.Length == 0) return;
        scheduler.Trace.Add(scheduler.NowMs, scheduler.CurrentThread, "LOST " + string.Join(' ', gone));
        listener.OnLost(gone);
    }

    private void Revoke(TopicPartition[] leaving)
    {
        scheduler.Trace.Add(scheduler.NowMs, scheduler.CurrentThread, "REVOKED " + string.Join(' ', leaving));
        try
        {
            listener.OnRevoked(leaving);
        }
        finally
        {
            foreach (var partition in leaving) assigned.Remove((partition.Topic, partition.Partition));
            if (!process.Dead) group.Returned(this, leaving);
        }
    }

    private void Assign(TopicPartition[] given)
    {
        scheduler.Trace.Add(scheduler.NowMs, scheduler.CurrentThread, "ASSIGNED " + string.Join(' ', given));
        // The broker may move or lose them again as soon as they are seen.
        foreach (var (topic, partition) in given) assigned[(topic, partition)] = new(broker.Find(topic));
        listener.OnAssigned(given);
    }

    private int Deliver(int maxRecords, IRecordHandler handler)
    {
        if (broker.Away || lost) return 0;
        var left = Math.Min(maxRecords, 1 + broker.Dice.Below(broker.FetchRecords));
        var delivered = 0;
        var keys = assigned.Keys.ToArray();
        if (keys.Length == 0) return 0;
        var first = broker.Dice.Below(keys.Length);
        for (var i = 0; i < keys.Length && left > 0 && !ended; i++)
        {
            var key = keys[(first + i) % keys.Length];
            var position = assigned[key];
            if (!position.Runs || position.OutOfRange || position.Topic is not { Gone: false } topic) continue;
            var partition = topic.Partitions[key.Partition];
            if (position.Offset < partition.Low || position.Offset > partition.High)
            {
                position.OutOfRange = true;
                listener.OnProblem(new(KafkaProblemKind.OffsetOutOfRange, key.Topic, key.Partition, new(position.Offset), "offset out of range"));
                continue;
            }
            if (scheduler.NowMs >= redeliverMs && broker.Dice.Chance(broker.Redelivers))
            {
                redeliverMs = scheduler.NowMs + 500;
                position.Offset = Math.Max(Math.Max(partition.Low, position.StartedAt), position.Offset - broker.Dice.Below(20));
            }
            var topicId = TopicIdOf(key.Topic);
            var at = partition.IndexOf(position.Offset);
            var starts = position.Starts;
            for (; position.Runs && position.Starts == starts && at < partition.Records.Count && left > 0 && !ended; at++)
            {
                var record = partition.Records[at];
                position.Offset = record.Offset + 1;
                if (record.Gone) continue;
                left--;
                delivered++;
                handler.OnRecord(new KafkaRecord(topicId, key.Partition, new(record.Offset), record.TimestampMs, TimestampType.Create, record.Key, true, record.Value, record.Value is null));
            }
            if (!position.Runs || position.Starts != starts) continue;
            if (at < partition.Records.Count || ended || position.ToldEnd == partition.High) continue;
            position.Offset = position.ToldEnd = partition.High;
            handler.OnPartitionEnd(topicId, key.Partition, new(partition.High));
        }
        if (delivered > 0) scheduler.Trace.Add(scheduler.NowMs, scheduler.CurrentThread, $"polled {delivered} records");
        return delivered;
    }

    private int TopicIdOf(string topic)
    {
        var at = topicNames.IndexOf(topic);
        if (at >= 0) return at;
        topicNames.Add(topic);
        return topicNames.Count - 1;
    }
}
