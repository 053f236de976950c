using K2I.Base;

namespace K2I.Pipeline.Tests;

public sealed class SegmentSourcesTests
{
    private readonly Source a = new(0, "t", 0);
    private readonly Source b = new(40, "t", 1);

    [Fact]
    public void RangesJoinAcrossSegments()
    {
        var first = new SegmentSources();
        first.Advance(a, new(10), new(11));
        first.Advance(b, Offset.None, new(6));
        first.Advance(a, new(11), new(15));
        var second = new SegmentSources();
        second.Advance(a, new(15), new(20));
        Assert.Equal([new(a, new(10), new(20)), new(b, Offset.None, new(6))], SegmentSources.Merge([first, second]));
    }

    [Fact]
    public void RangesWithAGapBetweenThemAreABug()
    {
        var first = new SegmentSources();
        first.Advance(a, new(10), new(15));
        var second = new SegmentSources();
        second.Advance(a, new(12), new(20));
        Assert.Throws<InvalidOperationException>(() => SegmentSources.Merge([first, second]));
    }

    [Fact]
    public void ClearedSourcesAreEmpty()
    {
        var segment = new SegmentSources();
        segment.Advance(b, new(1), new(2));
        Assert.False(segment.IsEmpty);
        segment.Clear();
        Assert.True(segment.IsEmpty);
        segment.Advance(b, new(7), new(8));
        Assert.Equal([new OffsetRange(b, new(7), new(8))], SegmentSources.Merge([segment]));
    }
}
