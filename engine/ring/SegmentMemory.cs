using K2I.Columns;

namespace K2I.Ring;

/// <summary>
/// The memory of one segment: columns in a place of a slab, or in a reservation of their own, laid out as <see cref="SegmentShape.Layout"/>
/// says.
/// </summary>
internal sealed record SegmentMemory(BatchBuilder Rows, string Layout, long Bytes, Slab? Slab, int Place);
