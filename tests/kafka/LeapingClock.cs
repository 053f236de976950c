using K2I.Base;

namespace K2I.Kafka.Tests;

/// <summary>A clock on which an hour passes between any two looks at it: what waits by it gives up at once. Any thread.</summary>
internal sealed class LeapingClock : IClock
{
    private const long HourMs = 3_600_000;
    private long now;

    public long UnixMs => SystemClock.Instance.UnixMs;

    public long MonotonicMs => Interlocked.Add(ref now, HourMs);

    public void Sleep(long ms) => SystemClock.Instance.Sleep(ms);

    public ILatch CreateLatch(bool isSet = false) => SystemClock.Instance.CreateLatch(isSet);
}
