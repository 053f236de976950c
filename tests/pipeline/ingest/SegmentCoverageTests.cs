using K2I.Base;

namespace K2I.Pipeline.Tests;

public sealed class SegmentCoverageTests
{
    private readonly Source a = new(0, "t", 0);
    private readonly Source b = new(40, "t", 1);

    [Fact]
    public void ASegmentCoversOneRangeASource()
    {
        var coverage = new SegmentCoverage();
        Assert.True(coverage.IsEmpty);
        coverage.Advance(a, new(10), new(11), begins: true);
        coverage.Advance(b, Offset.None, new(6));
        coverage.Advance(a, new(99), new(15));
        Assert.Equal([new(a, new(10), new(15), Begins: true), new(b, Offset.None, new(6))], coverage.Take());
    }

    [Fact]
    public void TheNextSegmentBeginsWithNothing()
    {
        var coverage = new SegmentCoverage { FirstFetchedUnixMs = 5 };
        coverage.Advance(b, new(1), new(2));
        Assert.Single(coverage.Take());
        Assert.True(coverage.IsEmpty);
        Assert.Equal(0, coverage.FirstFetchedUnixMs);
        coverage.Advance(b, new(7), new(8));
        Assert.Equal([new OffsetRange(b, new(7), new(8))], coverage.Take());
    }
}
