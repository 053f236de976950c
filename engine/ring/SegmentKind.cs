namespace K2I.Ring;

/// <summary>Memory of one kind serves any segment that wants this layout (<see cref="SegmentShape.Layout"/>) and so many bytes.</summary>
internal readonly record struct SegmentKind(string Layout, long Bytes)
{
    /// <summary>Smaller ones are a few pages, and the objects that describe their columns would weigh more.</summary>
    internal bool IsWorthKeeping => Bytes >= SegmentClasses.Smallest * SegmentClasses.Step;
}
