using K2I.Base;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>
/// Which offsets a segment covers, dead letters and gaps included. Ingest thread writes while the segment is open, the flush thread reads once it is
/// sealed; the seal is the hand-over.
/// </summary>
internal sealed class SegmentSources
{
    private readonly List<OffsetRange> ranges = [];
    private int[] rangeBySource = [];

    internal bool IsEmpty => ranges.Count == 0;

    internal IReadOnlyList<OffsetRange> Ranges => ranges;

    internal long FirstFetchedUnixMs { get; set; }

    /// <summary>Set at the seal: the log below this position is not needed once the segment and those before it are committed.</summary>
    internal LogPosition LogPosition { get; set; }

    /// <summary>The flush that was to commit these rows when a crash came; it is done again under its own name. Null for a new one.</summary>
    internal LoggedFlush? Redo { get; set; }

    /// <summary>The source's offsets up to <paramref name="next"/> belong to this segment; <paramref name="from"/> and <paramref name="begins"/> count for the first call only.</summary>
    internal void Advance(Source source, Offset from, Offset next, bool begins = false)
    {
        if (source.Index >= rangeBySource.Length) Array.Resize(ref rangeBySource, Math.Max(16, source.Index * 2));
        ref var at = ref rangeBySource[source.Index];
        if (at == 0)
        {
            ranges.Add(new(source, from, next, begins));
            at = ranges.Count;
            return;
        }
        ranges[at - 1] = ranges[at - 1] with { Next = next };
    }

    internal void Clear()
    {
        ranges.Clear();
        Array.Clear(rangeBySource);
        (FirstFetchedUnixMs, LogPosition) = (0, default);
        Redo = null;
    }

    /// <summary>The ranges of consecutive segments as one, in the order of first appearance.</summary>
    internal static List<OffsetRange> Merge(IEnumerable<SegmentSources> segments)
    {
        var merged = new List<OffsetRange>();
        foreach (var segment in segments)
        {
            foreach (var range in segment.ranges)
            {
                var at = merged.FindIndex(r => ReferenceEquals(r.Source, range.Source));
                if (at < 0) merged.Add(range);
                else
                {
                    Check.That(range.From == merged[at].Next);
                    merged[at] = merged[at] with { Next = range.Next };
                }
            }
        }
        return merged;
    }
}
