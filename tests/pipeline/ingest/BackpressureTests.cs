namespace K2I.Pipeline.Tests;

public sealed class BackpressureTests
{
    [Fact]
    public void PausesOnlyAfterTheWaitAndResumesOnce()
    {
        var pressure = new Backpressure(pauseAfterMs: 100);
        Assert.Equal(Backpressure.Change.None, pressure.Observe(hasRoom: true, 0));
        Assert.False(pressure.IsOn);
        Assert.Equal(Backpressure.Change.None, pressure.Observe(hasRoom: false, 1_000));
        Assert.True(pressure.IsOn);
        Assert.Equal(Backpressure.Change.None, pressure.Observe(hasRoom: false, 1_099));
        Assert.Equal(Backpressure.Change.Pause, pressure.Observe(hasRoom: false, 1_100));
        Assert.Equal(Backpressure.Change.None, pressure.Observe(hasRoom: false, 9_999));
        Assert.Equal(Backpressure.Change.Resume, pressure.Observe(hasRoom: true, 10_000));
        Assert.Equal(Backpressure.Change.None, pressure.Observe(hasRoom: true, 10_001));
        Assert.False(pressure.IsOn);
    }

    [Fact]
    public void RoomInBetweenBeginsTheWaitAnew()
    {
        var pressure = new Backpressure(pauseAfterMs: 100);
        pressure.Observe(hasRoom: false, 0);
        pressure.Observe(hasRoom: true, 60);
        Assert.Equal(Backpressure.Change.None, pressure.Observe(hasRoom: false, 110));
        Assert.Equal(Backpressure.Change.Pause, pressure.Observe(hasRoom: false, 210));
    }
}
