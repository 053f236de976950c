using System.Collections.Immutable;
using K2I.Iceberg;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>
/// What readers of a table see, but for how far its open segments are: immutable, replaced whole. A segment is added before a row of it is
/// published, and moves from hot to flushed together with the snapshot that holds its rows: so a row is on exactly one side.
/// </summary>
/// <param name="Run">Whose segments they are; null between runs.</param>
/// <param name="Cold">The table as of a snapshot; null while it has no columns.</param>
/// <param name="Offsets">How far that snapshot is.</param>
/// <param name="Hot">Segments whose rows are not in it; of one part in the order they were opened.</param>
/// <param name="Flushed">Segments whose rows are in it, as far as they may still be in memory.</param>
/// <param name="Trouble">Why no cut can be made; null while one can.</param>
internal sealed record TableVersion(TableRun? Run, Table? Cold, OffsetMap Offsets, ImmutableArray<HotSegment> Hot,
    ImmutableArray<HotSegment> Flushed, string? Trouble)
{
    internal static readonly TableVersion None = new(null, null, OffsetMap.Empty, [], [], "the table is not open yet");

    /// <summary>A run has begun where the table stands.</summary>
    internal static TableVersion Of(TableRun run, Table? cold, OffsetMap offsets) => new(run, cold, offsets, [], [], null);

    /// <summary>The run is over: its rows are no more.</summary>
    internal TableVersion WithoutRun() => this with { Run = null, Hot = [], Flushed = [], Trouble = Cold is null ? None.Trouble : null };

    internal TableVersion With(HotSegment opened) =>
        this with { Hot = Live(Hot).Add(opened), Flushed = Live(Flushed) };

    /// <summary>These segments are in a snapshot now.</summary>
    internal TableVersion WithLanded(Table cold, OffsetMap offsets, IReadOnlyList<Sealed> landed)
    {
        var segments = landed.Select(s => s.Segment).ToHashSet(ReferenceEqualityComparer.Instance);
        return this with
        {
            Cold = cold,
            Offsets = offsets,
            Hot = [.. Hot.Where(h => !segments.Contains(h.Segment))],
            Flushed = [.. Live(Flushed), .. Hot.Where(h => segments.Contains(h.Segment))],
        };
    }

    private static ImmutableArray<HotSegment> Live(ImmutableArray<HotSegment> segments) =>
        segments.RemoveAll(s => s.Segment.State is SegmentState.Retired or SegmentState.Free);
}
