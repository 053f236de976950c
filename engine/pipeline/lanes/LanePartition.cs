using K2I.Base;

namespace K2I.Pipeline;

/// <summary>A partition that is assigned to a lane, and the tables that it feeds. The lane's thread.</summary>
internal sealed class LanePartition(string topic, int partition)
{
    private Source[] reading = [];
    private Source[] direct = [];
    private PartitionRoute[] routes = [];

    internal string Topic => topic;

    internal int Partition => partition;

    internal bool Assigned { get; set; } = true;

    /// <summary>Records of it are delivered: it was started and not stopped since.</summary>
    internal bool IsStarted { get; set; }

    /// <summary>The next offset that the consumer delivers; none where a word said where to begin. Lower ones are told twice.</summary>
    internal Offset Position { get; set; } = Offset.None;

    /// <summary>Up to where Kafka was told, or is about to be.</summary>
    internal Offset AckedOffset { get; set; } = Offset.None;

    /// <summary>The tables that are fed from the topic, with a run here or without.</summary>
    internal List<Feed> Feeds { get; } = [];

    /// <summary>The sources of runs whose start is decided.</summary>
    internal Source[] Reading => reading;

    /// <summary>Those of them that every record is offered to.</summary>
    internal Source[] Direct => direct;

    /// <summary>The homes among the tables, and whom they give records to.</summary>
    internal PartitionRoute[] Routes => routes;

    /// <summary>The home of a feed's table has begun here.</summary>
    internal bool HasBegun(Feed feed) => Array.Exists(routes, r => r.Home.Table.Name == feed.Table.Options.Home && r.HasBegun);

    internal bool Has(PartitionRoute route) => routes.Contains(route);

    /// <summary>To be called when a feed's source comes, goes, or begins to read.</summary>
    internal void Update()
    {
        reading = [.. Feeds.Where(f => f.Source is { Reads: true }).Select(f => f.Source!)];
        direct = routes.Length == 0 ? reading
            : [.. Feeds.Where(f => f.Source is { Reads: true } && !f.Table.IsRouted).Select(f => f.Source!)];
    }

    /// <summary>To be called when the feeds are others.</summary>
    internal void UpdateRoutes()
    {
        var before = routes;
        routes = [.. Feeds.Where(f => f.Table.Options.Routing is not null).Select(f =>
            before.FirstOrDefault(r => ReferenceEquals(r.Home, f)) ?? new PartitionRoute(this, f))];
        foreach (var route in routes) route.Use(Feeds);
        Update();
    }

    /// <summary>A table, and the source that its run has here; null while it has none.</summary>
    internal sealed class Feed(TableHandle table)
    {
        internal TableHandle Table => table;

        internal Source? Source { get; set; }

        internal RunPart? Part { get; set; }
    }
}
