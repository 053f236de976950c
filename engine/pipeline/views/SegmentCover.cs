using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// Which offsets a segment covers, for readers: where each source begins in it, and once it is sealed where each ends. The lane's thread
/// writes, any reads.
/// </summary>
internal sealed class SegmentCover
{
    private ImmutableArray<(Source Source, Offset From)> begun = [];
    private OffsetRange[]? final;

    /// <summary>Before any row of the source in it is published.</summary>
    internal void Begin(Source source, Offset from) =>
        ImmutableInterlocked.Update(ref begun, static (all, added) => all.Add(added), (source, from));

    /// <summary>It is sealed.</summary>
    internal void End(OffsetRange[] ranges) => Volatile.Write(ref final, ranges);

    /// <summary>All that it covers; it is sealed.</summary>
    internal ImmutableArray<CutRange> Whole() =>
        [.. (Volatile.Read(ref final) ?? []).Select(r => new CutRange(r.Source.Topic, r.Source.Partition, r.From, r.Next))];

    /// <summary>What it covers of a cut that ends in it.</summary>
    internal ImmutableArray<CutRange> Up(ReadOnlySpan<(Source Source, Offset Next)> published)
    {
        var ranges = ImmutableArray.CreateBuilder<CutRange>();
        foreach (var (source, from) in begun)
            foreach (var (of, next) in published)
                if (ReferenceEquals(of, source) && next > from) ranges.Add(new(source.Topic, source.Partition, from, next));
        return ranges.ToImmutable();
    }
}
