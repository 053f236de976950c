using System.Collections.Immutable;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>Rows of a segment that belong to a cut: its first <paramref name="Rows"/>.</summary>
/// <param name="Lane">The lane that writes the segment.</param>
/// <param name="Segment">One life of a part of the ring's memory.</param>
/// <param name="Rows">How many of its rows.</param>
/// <param name="Covers">The offsets that these rows are of, dead letters and gaps included: of each partition one range at most.</param>
public readonly record struct CutRows(int Lane, Segment Segment, int Rows, ImmutableArray<CutRange> Covers);
