using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>A segment that readers of a table may be given.</summary>
internal readonly record struct HotSegment(RunPart Part, Segment Segment, SegmentCover Cover);
