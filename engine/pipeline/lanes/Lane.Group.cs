using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>The group's side: partitions come and go, and what goes wrong with them.</summary>
internal sealed partial class Lane
{
    public void OnAssigned(ReadOnlySpan<TopicPartition> assigned)
    {
        KillPoint.Hit("group.assigned");
        hasAssignment = true;
        var asked = new Dictionary<RunPart, List<Source>>(ReferenceEqualityComparer.Instance);
        foreach (var given in assigned)
        {
            var partition = partitions.Add(given.Topic, given.Partition);
            foreach (var table in engine.Tables.FedBy(given.Topic)) Feed(partition, new(table), asked);
            partition.UpdateRoutes();
            engine.Log.Debug("partition assigned", ("lane", Index), ("topic", given.Topic), ("partition", given.Partition));
        }
        Array.Clear(byTopic);
        Ask(asked);
        HasJoined = true;
    }

    public void OnRevoked(ReadOnlySpan<TopicPartition> revoked)
    {
        KillPoint.Hit("group.revoked");
        var gone = Forget(revoked);
        // What does not make it in time is refetched by the next owner; the fence lets only one of the two commit it.
        // A table whose catalog or store is away is not waited for: the lane's others stand still meanwhile.
        if (!closing && !engine.Stop.IsEnded) FlushAndWait([.. gone], engine.RevokeTimeoutMs, isPatient: false);
        KillPoint.Hit("group.let-go");
    }

    public void OnLost(ReadOnlySpan<TopicPartition> lost)
    {
        foreach (var part in Forget(lost))
            if (!engine.Stop.IsEnded)
                Fail(part,
                    new(ErrorKind.Unavailable,
                    $"table {part.Run.Table.Name}: its partitions were given to another member; starting again from what the table holds"));
    }

    public void OnProblem(in KafkaProblem told)
    {
        problems.Tell(in told);
        var end = KafkaProblems.EndOf(in told);
        if (told.Topic is { } topic && partitions.TryGet(topic, told.Partition, out var partition))
        {
            foreach (var feed in partition.Feeds)
            {
                feed.Table.LastError = told.Text;
                if (end is not null && feed.Part is { } part) Fail(part, end);
            }
            return;
        }
        // Of a topic that no table names, or of none: it may be any table's.
        var concerned = told.Topic is { } named && engine.Tables.FedBy(named) is { IsEmpty: false } fed ? fed : engine.Tables.All;
        foreach (var table in concerned)
        {
            table.Topics.Report(in told);
            table.LastError = told.Text;
        }
        if (end is null) return;
        if (end.Kind == ErrorKind.Denied) foreach (var table in concerned) table.OnLaneProblem(end);
        else problem ??= end;
    }

    /// <summary>Partitions that are the lane's no longer; the parts that were fed from them.</summary>
    private HashSet<RunPart> Forget(ReadOnlySpan<TopicPartition> gone)
    {
        var concerned = new HashSet<RunPart>(ReferenceEqualityComparer.Instance);
        var sources = new Dictionary<RunPart, List<Source>>(ReferenceEqualityComparer.Instance);
        foreach (var leaving in gone)
        {
            engine.Log.Debug("partition revoked", ("lane", Index), ("topic", leaving.Topic), ("partition", leaving.Partition));
            if (!partitions.TryRemove(leaving.Topic, leaving.Partition, out var partition)) continue;
            partition.Assigned = false;
            foreach (var feed in partition.Feeds)
            {
                if (feed.Part is not { } part || feed.Source is not { } source) continue;
                concerned.Add(part);
                if (!sources.TryGetValue(part, out var list)) sources[part] = list = [];
                list.Add(source);
            }
        }
        Array.Clear(byTopic);
        foreach (var (part, list) in sources) part.Drop(list);
        return concerned;
    }

    /// <summary>Seals and has flushed what these hold, and waits; false where it was not all in its table in time.</summary>
    private bool FlushAndWait(IReadOnlyList<RunPart> of, long timeoutMs, bool isPatient)
    {
        foreach (var part in of)
        {
            if (part.HasEnded) continue;
            Guard(part, this, static (_, p) => p.SealForFlush());
            if (part.Unflushed > 0) part.Run.RequestFlush(part, Urgency.Pressing);
        }
        var deadline = clock.MonotonicMs + timeoutMs;
        while (of.Any(p => !p.HasEnded && p.Run.Failure is null && p.Unflushed > 0 && (isPatient || !engine.IsTroubled(p.Run))))
        {
            if (clock.MonotonicMs >= deadline) return false;
            // Another lane may wait for this one to seal its part of the same flush.
            AnswerSeals();
            clock.Sleep(5);
        }
        return of.All(p => p.Unflushed == 0);
    }

    /// <summary>While the lane waits, it does what others wait for.</summary>
    private void AnswerSeals()
    {
        for (var i = inbox.Count; i > 0 && inbox.TryDequeue(out var message); i--)
        {
            if (message is LaneMessage.Seal or LaneMessage.RunOver) Take(message);
            else inbox.Enqueue(message);
        }
    }
}
