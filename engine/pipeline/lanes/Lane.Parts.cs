using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>Runs and their parts: which table a partition feeds, where it starts, and when it stands still.</summary>
internal sealed partial class Lane
{
    /// <summary>A part that was stalled takes records again: what was passed over is sought back to.</summary>
    internal void OnGoesOn(RunPart part)
    {
        stalled.Remove(part);
        engine.Log.Debug("fetching goes on", ("lane", Index), ("table", part.Run.Table.Name));
        SeekBack(part.Sources.Where(s => s is { Reads: true, Missed: true, Waits: false }));
    }

    /// <summary>
    /// The partition's next record cannot be taken yet: it is not read meanwhile, unless for another table. Again and again allowed.
    /// </summary>
    internal void StandStill(Source source)
    {
        if (!partitions.TryGet(source.Topic, source.Partition, out var partition) || !partition.IsStarted
            || partition.Reading.Any(s => !s.Part!.IsStalled && !s.Missed)) return;
        partition.IsStarted = false;
        consumer!.Stop([new(source.Topic, source.Partition)]);
    }

    /// <summary>The schemas are there: these are read on from where they stood still.</summary>
    internal void OnAwaited(IEnumerable<Source> sources) => SeekBack(sources.Where(s => s is { Reads: true, Missed: true }));

    /// <summary>What logs held is taken: these sources are read from Kafka from here on.</summary>
    internal void StartReading(RunPart part, IReadOnlyList<Source> sources)
    {
        foreach (var source in sources.Where(s => s.Assigned)) source.Reads = true;
        UpdatePartitions(sources);
        if (part.Run.Table.Options.Routing is not null) BeginTablesOf(sources);
        // Others of the part have stood still meanwhile.
        SeekBack(part.Sources.Where(s => s is { Reads: true, Waits: false } && (s.Missed || sources.Contains(s))));
    }

    private void OnRunReady(TableRun run)
    {
        if (!ReferenceEquals(run.Table.Run, run)) return;
        var asked = new Dictionary<RunPart, List<Source>>(ReferenceEqualityComparer.Instance);
        foreach (var partition in run.Table.Topics.Names.SelectMany(partitions.Of))
            foreach (var feed in partition.Feeds)
                if (ReferenceEquals(feed.Table, run.Table) && feed.Source is null) Attach(partition, feed, run, asked);
        Ask(asked);
        if (asked.Count == 0 && hasAssignment && run.Table.Options.Home.Length == 0) run.Table.ShowRunning("no partition is assigned here");
    }

    private void Feed(LanePartition partition, LanePartition.Feed feed, Dictionary<RunPart, List<Source>> asked)
    {
        partition.Feeds.Add(feed);
        if (feed.Table.Run is { } run) Attach(partition, feed, run, asked);
    }

    private void Attach(LanePartition partition, LanePartition.Feed feed, TableRun run, Dictionary<RunPart, List<Source>> asked)
    {
        if (feed.Table.Options.Home is { Length: > 0 } && !partition.HasBegun(feed)) return;
        if (!parts.TryGetValue(feed.Table, out var part) || !ReferenceEquals(part.Run, run))
        {
            // The run before is given up with its message, which is on its way.
            if (part is { HasEnded: false }) return;
            try
            {
                part = new(this, run);
            }
            catch (EngineException error) when (IsOfTable(error))
            {
                run.Fail(error);
                return;
            }
            if (!run.Join(part)) return;
            parts[feed.Table] = part;
        }
        feed.Part = part;
        feed.Source = part.Register(new(partition.Topic, partition.Partition));
        if (!asked.TryGetValue(part, out var sources)) asked[part] = sources = [];
        sources.Add(feed.Source);
    }

    private static void Ask(Dictionary<RunPart, List<Source>> asked)
    {
        foreach (var (part, sources) in asked) part.Run.Ask(new StartsQuestion(part, sources));
    }

    private void OnStarts(StartsQuestion question)
    {
        var part = question.Part;
        var found = new List<(Source, FoundRun)>();
        var ready = new List<Source>();
        for (var i = 0; i < question.Decisions.Count; i++)
        {
            var (source, decision) = (question.Sources[i], question.Decisions[i]);
            if (part.HasEnded || !source.Assigned)
            {
                decision.Found?.Pin.Release();
                continue;
            }
            source.TopicId = decision.TopicId;
            source.CommittedOffset = decision.Committed;
            var begins = !decision.Committed.IsNumber;
            if (decision.Found is { } held)
            {
                source.StartAt(begins ? held.Run.From : Offset.Max(held.Run.From, decision.Committed), begins);
                if (decision.Start != held.Run.Next) source.ReadFrom = decision.Start;
                found.Add((source, held));
            }
            else
            {
                source.StartAt(begins ? decision.Start : decision.Committed, begins);
                source.ReadFrom = decision.Start;
                ready.Add(source);
            }
            engine.Log.Info("partition starts", ("table", part.Run.Table.Name), ("lane", Index), ("topic", source.Topic),
                ("partition", source.Partition), ("start", decision.Start));
        }
        if (part.HasEnded) return;
        foreach (var (partition, topicId, start) in question.Begins)
        {
            var source = part.RegisterBeginning(partition, topicId, start);
            part.TakeEnd(source, start);
        }
        KillPoint.Hit("group.started");
        if (found.Count > 0) Guard(part, found, static (f, p) => p.BeginReplay(new(p, f)));
        StartReading(part, ready);
        part.Run.Table.ShowRunning();
    }

    private void OnTablesChanged()
    {
        if (!engine.Tables.Topics.IsEmpty
            && !subscribed.SequenceEqual(engine.Tables.Topics)) consumer!.Subscribe(subscribed = engine.Tables.Topics);
        var asked = new Dictionary<RunPart, List<Source>>(ReferenceEqualityComparer.Instance);
        foreach (var partition in partitions.All)
        {
            var fed = engine.Tables.FedBy(partition.Topic);
            partition.Feeds.RemoveAll(f => f.Source is null && !fed.Contains(f.Table));
            var known = partition.Feeds.Select(f => f.Table).ToHashSet();
            foreach (var table in fed)
                if (known.Add(table)) Feed(partition, new(table), asked);
            partition.UpdateRoutes();
        }
        Ask(asked);
        // Limits of flushes may be others.
        foreach (var part in parts.Values.ToArray()) Guard(part, this, static (lane, p) => lane.CheckTriggers(p));
    }

    /// <summary>
    /// Nothing is polled for the moment, as what is fetched could not be taken. Those that wait for longer have their partitions stopped,
    /// and the others go on.
    /// </summary>
    private bool WaitsInPlace(long now)
    {
        if (stalled.Count == 0) return false;
        var isAlone = parts.Count == stalled.Count || parts.Count == 1;
        var waits = false;
        foreach (var part in stalled)
        {
            if (now - part.StalledSinceMs < (isAlone ? AlonePatienceMs : PatienceMs)) waits = true;
            else StopPartitionsOf(part);
        }
        return waits;
    }

    private void StopPartitionsOf(RunPart part)
    {
        List<TopicPartition>? stop = null;
        foreach (var source in part.Sources)
        {
            if (!source.Reads || source.Missed) continue;
            source.Missed = true;
            if (!partitions.TryGet(source.Topic, source.Partition, out var partition) || !partition.IsStarted
                || partition.Reading.Any(s => !s.Part!.IsStalled)) continue;
            partition.IsStarted = false;
            (stop ??= []).Add(new(source.Topic, source.Partition));
        }
        if (stop is null) return;
        engine.Log.Info("fetching is stopped", ("lane", Index), ("table", part.Run.Table.Name), ("partitions", stop.Count),
            ("reason", part.Run.Flush?.Trouble ?? Log.Trouble ?? "rows wait for their flush"));
        consumer!.Stop(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(stop));
    }

    private void SeekBack(IEnumerable<Source> sources)
    {
        var starts = new List<TopicPartitionOffset>();
        foreach (var source in sources)
        {
            source.Missed = false;
            if (!partitions.TryGet(source.Topic, source.Partition, out var partition)) continue;
            var from = source.ReadFrom is { } wanted && (wanted.IsNumber || !source.NextOffset.IsNumber) ? wanted : source.NextOffset;
            if (from.IsNumber)
            {
                source.ReadFrom = null;
                if (from != source.NextOffset) source.PassTo(from);
            }
            // It is read from there or from before already, for another table: from its beginning, where no record has come yet.
            if (partition.IsStarted && (!partition.Position.IsNumber || (from.IsNumber && partition.Position <= from))) continue;
            partition.IsStarted = true;
            partition.Position = from.IsNumber ? from : Offset.None;
            starts.Add(new(source.Topic, source.Partition, from));
        }
        if (starts.Count > 0) consumer!.Start(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(starts));
    }

    /// <summary>Gives up what the lane holds of a run; partitions that feed nothing any more are stopped until the next one.</summary>
    private void End(RunPart part)
    {
        if (part.HasEnded) return;
        var sources = part.Sources;
        part.End();
        stalled.Remove(part);
        List<TopicPartition>? stop = null;
        foreach (var source in sources)
        {
            source.Reads = source.Assigned = false;
            if (!partitions.TryGet(source.Topic, source.Partition, out var partition)) continue;
            foreach (var feed in partition.Feeds)
                if (ReferenceEquals(feed.Part, part)) (feed.Part, feed.Source) = (null, null);
            partition.Update();
            if (partition.Reading.Length > 0 || !partition.IsStarted) continue;
            partition.IsStarted = false;
            (stop ??= []).Add(new(partition.Topic, partition.Partition));
        }
        if (stop is not null && !closing) consumer?.Stop(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(stop));
        parts.Remove(part.Run.Table);
        part.Run.Leave(part);
    }

    private void UpdatePartitions(IEnumerable<Source> sources)
    {
        foreach (var source in sources)
            if (partitions.TryGet(source.Topic, source.Partition, out var partition)) partition.Update();
    }
}
