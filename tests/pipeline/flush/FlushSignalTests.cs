using K2I.Base;

namespace K2I.Pipeline.Tests;

public sealed class FlushSignalTests
{
    [Fact]
    public void IdleOnlyWhenEveryRequestIsDone()
    {
        var signal = new FlushSignal(SystemClock.Instance);
        Assert.True(signal.WaitIdle(0));
        signal.Request();
        Assert.False(signal.WaitIdle(0));
        Assert.True(signal.Wait(0, out var first));
        signal.Request();
        signal.Done(first);
        Assert.False(signal.WaitIdle(0));
        Assert.True(signal.Wait(0, out var second));
        signal.Done(second);
        Assert.True(signal.WaitIdle(0));
        Assert.False(signal.Wait(0, out _));
    }
}
