using K2I.Wal;

namespace K2I.Pipeline.Tests;

public sealed class LogPinsTests
{
    private readonly LogPins pins = new();

    [Fact]
    public void TheLowestPositionThatIsPinnedHoldsTheLog()
    {
        Assert.Null(pins.Oldest);
        var late = pins.Add(new(300), null);
        var early = pins.Add(new(100), null);
        Assert.Same(early, pins.Oldest);
        early.Release();
        Assert.Same(late, pins.Oldest);
        late.Release();
        Assert.Null(pins.Oldest);
    }

    [Fact]
    public void PinsOfOnePositionAreReleasedOneByOne()
    {
        LogPin[] same = [pins.Add(new LogPosition(100), null), pins.Add(new LogPosition(100), null)];
        same[0].Release();
        Assert.Same(same[1], pins.Oldest);
    }

    [Fact]
    public void ReleasingTwiceReleasesNoOther()
    {
        var first = pins.Add(new(100), null);
        first.Release();
        var second = pins.Add(new(100), null);
        first.Release();
        Assert.Same(second, pins.Oldest);
    }
}
