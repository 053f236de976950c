using System.Collections.Immutable;
using K2I.Columns;
using K2I.Ring;

namespace K2I.Query;

/// <summary>
/// The rows of one segment that belong to a view: its first <paramref name="Rows"/>. Kept in memory by the view that has it.
/// </summary>
/// <param name="Lane">The lane that writes the segment.</param>
/// <param name="Segment">One life of a part of the ring's memory.</param>
/// <param name="Rows">How many of its rows; later ones came after the view was made.</param>
/// <param name="Covers">The offsets whose records became these rows, or none: of each partition at most one range.</param>
public readonly record struct HotRows(int Lane, Segment Segment, int Rows, ImmutableArray<OffsetRange> Covers)
{
    /// <summary>The rows, of the schema that the segment was opened with. A borrow: only while the view is in use.</summary>
    public Batch Batch => Segment.View(Rows);
}
