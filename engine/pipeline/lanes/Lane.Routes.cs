using K2I.Base;
using K2I.Decode;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>Records that go to tables by the value of a field.</summary>
/// <remarks>
/// Each value's table is like any other: its offsets are its own, and those between its records hold nothing for it. What is more is that
/// a table may come to be at any record. So the home of such tables reads every record, and stands still at one whose table has nothing of
/// the partition yet: then the home says in a commit that the value has a table, the table is made, begins where the home is, and commits
/// that; the home goes on. Meanwhile the others read on, and so does who stood still, from where it stood. So no commit of the home is past
/// a record whose table a restart would not know of, or would begin behind the record.
/// </remarks>
internal sealed partial class Lane
{
    private readonly List<PartitionRoute> routesToAttend = [];

    /// <summary>Gives the record to the table of its value, or to the home, or has whoever it concerns wait.</summary>
    private void Route(in KafkaRecord record, PartitionRoute route)
    {
        var at = record.Offset;
        if (!route.HasBegun || (route.IsBlocked && at >= route.BlockedAt))
        {
            Block(route, at);
            return;
        }
        var source = route.HomeSource!;
        var part = source.Part!;
        switch (part.Route(in record, source))
        {
            case DecodeStatus.Ok:
                GiveToTable(in record, route, part.Router.Value);
                break;
            case DecodeStatus.SchemaPending:
                Block(route, at, part.Router.RefusedSchema);
                break;
            case DecodeStatus.Tombstone when part.Run.Table.Options.TombstonePolicy == TombstonePolicy.Skip:
                break;
            case var status:
                if (IsNext(source, at)) Refuse(in record, source, new(status.ToString(), part.Router.Error));
                break;
        }
    }

    private void GiveToTable(in KafkaRecord record, PartitionRoute route, ReadOnlySpan<char> value)
    {
        var at = record.Offset;
        var source = route.HomeSource!;
        if (route.TableOf(value) is { } feed)
        {
            if (feed.Source is { Reads: true, Missed: false } own && at >= own.NextOffset)
            {
                own.Pass(at);
                Offer(in record, own);
            }
            if (feed.Source is not { CommittedOffset.IsNumber: true } && IsNext(source, at)) Await(route, source, at, value.ToString());
            return;
        }
        // Of what is below, the home knows that it is in no table, or in one that reads it.
        if (at < source.NextOffset) return;
        var name = value.ToString();
        if (source.Part!.RefusalOf(name) is { } refusal)
        {
            if (IsNext(source, at)) Refuse(in record, source, refusal);
            return;
        }
        // Those that come while the home waits for another are asked for at once.
        source.Part.Want(name);
        if (IsNext(source, at)) Await(route, source, at, name);
    }

    /// <summary>The home takes the record now, if any.</summary>
    private static bool IsNext(Source home, Offset at) => !home.Missed && at >= home.NextOffset;

    private void Refuse(in KafkaRecord record, Source home, Refusal refusal)
    {
        home.Pass(record.Offset);
        try
        {
            home.Part!.OfferLetter(in record, home, refusal);
        }
        catch (EngineException error) when (IsOfTable(error))
        {
            Fail(home.Part!, error);
        }
    }

    private void Await(PartitionRoute route, Source home, Offset at, string value)
    {
        home.Await(at);
        route.Awaited = value;
        Attend(route);
    }

    private void Block(PartitionRoute route, Offset at, SchemaId? schema = null)
    {
        route.Block(at, schema);
        Attend(route);
    }

    private void Attend(PartitionRoute route)
    {
        if (route.IsAttended) return;
        route.IsAttended = true;
        routesToAttend.Add(route);
    }

    /// <summary>Tries again what routes wait for.</summary>
    private void TryRoutes()
    {
        for (var i = routesToAttend.Count - 1; i >= 0; i--)
        {
            var route = routesToAttend[i];
            if (route.Partition.Assigned && route.Partition.Has(route) && !TryRoute(route)) continue;
            route.IsAttended = false;
            routesToAttend[i] = routesToAttend[^1];
            routesToAttend.RemoveAt(routesToAttend.Count - 1);
        }
    }

    /// <summary>True once it waits for nothing.</summary>
    private bool TryRoute(PartitionRoute route)
    {
        if (route.HomeSource is not { } home) return false;
        if (route.IsBlocked) TryUnblock(route, home);
        if (home.Waits && IsThere(route, home))
        {
            home.EndWait();
            home.Part!.Run.Table.ShowRunning();
            if (home.Part is { IsStalled: false, Replay: null }) SeekBack([home]);
        }
        if (!home.Waits && !route.IsBlocked) return true;
        StandStill(home);
        return false;
    }

    private void TryUnblock(PartitionRoute route, Source home)
    {
        if (!route.HasBegun) Guard(home.Part!, this, static (_, p) => p.CommitBeginnings());
        if (!route.HasBegun || (route.Schema is { } schema && home.Part!.IsPending(schema))) return;
        route.Unblock();
        BeginTables(route);
        SeekBack(route.Sources.Where(s => s is { Missed: true, Waits: false } && s.Part is { IsStalled: false, Replay: null }));
    }

    /// <summary>The table that the home waits for has something of the partition, or there will be none.</summary>
    private bool IsThere(PartitionRoute route, Source home)
    {
        var feed = route.TableOf(route.Awaited);
        if (feed?.Source is { CommittedOffset.IsNumber: true } || home.Part!.RefusalOf(route.Awaited) is not null) return true;
        if (feed?.Source is { Reads: true, Part: { } part }) Guard(part, this, static (_, p) => p.CommitBeginnings());
        if (feed is null) home.Part.Want(route.Awaited);
        else if (feed.Source is null) BeginTables(route);
        home.Part.Run.Table.ShowRunning($"{route.Partition.Topic}[{route.Partition.Partition}] waits for the table of '{route.Awaited}'");
        return false;
    }

    /// <summary>These sources of a home read: its tables do, where it has begun.</summary>
    private void BeginTablesOf(IEnumerable<Source> homes)
    {
        foreach (var home in homes)
            if (partitions.TryGet(home.Topic, home.Partition, out var partition))
                foreach (var route in partition.Routes)
                    if (ReferenceEquals(route.HomeSource, home) && route.HasBegun) BeginTables(route);
    }

    /// <summary>The tables of a partition are fed from it, once their home has begun.</summary>
    private void BeginTables(PartitionRoute route)
    {
        var asked = new Dictionary<RunPart, List<Source>>(ReferenceEqualityComparer.Instance);
        foreach (var feed in route.Tables)
            if (feed.Source is null && feed.Table.Run is { } run) Attach(route.Partition, feed, run, asked);
        Ask(asked);
    }

    /// <summary>About once a second: who reads is past what was others'.</summary>
    private void PassRoutes()
    {
        var any = false;
        foreach (var partition in partitions.All)
        {
            foreach (var route in partition.Routes)
            {
                any = true;
                if (partition is { IsStarted: true, Position.IsNumber: true }) route.Pass(partition.Position);
                // Its home may have begun with another partition's first record.
                if (route.HasBegun) BeginTables(route);
            }
        }
        if (!any) return;
        foreach (var part in parts.Values.ToArray())
            if (part.Run.Table.IsRouted) Guard(part, this, static (_, p) => p.CommitPassed());
    }
}
