using K2I.Base;

namespace K2I.Pipeline.Tests;

public sealed class SealedTests
{
    private readonly Source a = new(0, "t", 0);
    private readonly Source b = new(40, "t", 1);

    [Fact]
    public void RangesJoinAcrossSegments()
    {
        var merged =
            Sealed.Merge([Of(new(a, new(10), new(15), Begins: true), new(b, Offset.None, new(6))),
            Of(new OffsetRange(a, new(15), new(20)))]);
        Assert.Equal([new(a, new(10), new(20), Begins: true), new(b, Offset.None, new(6))], merged);
    }

    [Fact]
    public void RangesOfTwoLanesStayApart()
    {
        var other = new Source(0, "t", 7);
        Assert.Equal([new(a, new(1), new(2)), new(other, new(5), new(6))],
            Sealed.Merge([Of(new OffsetRange(a, new(1), new(2))), Of(new OffsetRange(other, new(5), new(6)))]));
    }

    [Fact]
    public void RangesWithAGapBetweenThemAreABug() =>
        Assert.Throws<InvalidOperationException>(() =>
            Sealed.Merge([Of(new OffsetRange(a, new(10), new(15))), Of(new OffsetRange(a, new(12), new(20)))]));

    private static Sealed Of(params OffsetRange[] ranges) => new(null!, null!, ranges, 0, null, null!, null);
}
