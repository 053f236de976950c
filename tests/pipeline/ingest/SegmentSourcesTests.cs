namespace K2I.Pipeline.Tests;

public sealed class SegmentSourcesTests
{
    private readonly Source a = new(0, "t", 0);
    private readonly Source b = new(40, "t", 1);

    [Fact]
    public void RangesJoinAcrossSegments()
    {
        var first = new SegmentSources();
        first.Advance(a, 10, 11);
        first.Advance(b, Source.Unknown, 6);
        first.Advance(a, 11, 15);
        var second = new SegmentSources();
        second.Advance(a, 15, 20);
        Assert.Equal([new OffsetRange(a, 10, 20), new OffsetRange(b, Source.Unknown, 6)], SegmentSources.Merge([first, second]));
    }

    [Fact]
    public void RangesWithAGapBetweenThemAreABug()
    {
        var first = new SegmentSources();
        first.Advance(a, 10, 15);
        var second = new SegmentSources();
        second.Advance(a, 12, 20);
        Assert.Throws<InvalidOperationException>(() => SegmentSources.Merge([first, second]));
    }

    [Fact]
    public void ClearedSourcesAreEmpty()
    {
        var segment = new SegmentSources();
        segment.Advance(b, 1, 2);
        Assert.False(segment.IsEmpty);
        segment.Clear();
        Assert.True(segment.IsEmpty);
        segment.Advance(b, 7, 8);
        Assert.Equal([new OffsetRange(b, 7, 8)], SegmentSources.Merge([segment]));
    }
}
