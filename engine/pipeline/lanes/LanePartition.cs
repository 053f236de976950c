using K2I.Base;

namespace K2I.Pipeline;

/// <summary>A partition that is assigned to a lane, and the tables that it feeds. The lane's thread.</summary>
internal sealed class LanePartition(string topic, int partition)
{
    private Source[] reading = [];

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

    /// <summary>To be called when a feed's source comes, goes, or begins to read.</summary>
    internal void Update() => reading = [.. Feeds.Where(f => f.Source is { Reads: true }).Select(f => f.Source!)];

    /// <summary>A table, and the source that its run has here; null while it has none.</summary>
    internal sealed class Feed(TableHandle table)
    {
        internal TableHandle Table => table;

        internal Source? Source { get; set; }

        internal RunPart? Part { get; set; }
    }
}
