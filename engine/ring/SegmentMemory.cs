using K2I.Columns;

namespace K2I.Ring;

/// <summary>The memory of one segment: columns in a place of a slab, or in a reservation of their own.</summary>
internal sealed record SegmentMemory(BatchBuilder Rows, SegmentKind Kind, Slab? Slab, int Place)
{
    internal long Bytes => Kind.Bytes;
}
