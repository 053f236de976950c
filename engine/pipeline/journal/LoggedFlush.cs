using K2I.Base;

namespace K2I.Pipeline;

/// <summary>A flush that the log saw begin and not end.</summary>
internal sealed class LoggedFlush(string id, long epoch, IReadOnlyList<LoggedFlush.Range> ranges)
{
    internal readonly record struct Range(string Topic, string? TopicId, int Partition, Offset From, Offset Next, bool Begins)
    {
        internal static Range Of(OffsetRange range) =>
            new(range.Source.Topic, range.Source.TopicId, range.Source.Partition, range.From, range.Next, range.Begins);
    }

    internal string Id => id;

    internal long Epoch => epoch;

    internal IReadOnlyList<Range> Ranges => ranges;

    /// <summary>It is a flush of exactly these offsets.</summary>
    internal bool Covers(IReadOnlyList<OffsetRange> others) =>
        others.Count == ranges.Count && others.All(o => ranges.Any(r => r.Topic == o.Source.Topic && r.Partition == o.Source.Partition && r.From == o.From && r.Next == o.Next && r.Begins == o.Begins));

    internal List<LogEntry.DataFileWritten> Files { get; } = [];

    /// <summary>How many files the commit was to add; null where the catalog was never asked.</summary>
    internal int? FilesToCommit { get; set; }
}
