using K2I.Base;

namespace K2I.Kit;

/// <summary>The system's clock, which a test can let jump ahead; latches wait as long as they are told to. Any thread.</summary>
public sealed class ShiftedClock : IClock
{
    private long shiftMs;

    public long UnixMs => SystemClock.Instance.UnixMs + Volatile.Read(ref shiftMs);

    public long MonotonicMs => SystemClock.Instance.MonotonicMs + Volatile.Read(ref shiftMs);

    public void Pass(long ms) => Interlocked.Add(ref shiftMs, ms);

    public void Sleep(long ms) => SystemClock.Instance.Sleep(ms);

    public ILatch CreateLatch(bool isSet = false) => SystemClock.Instance.CreateLatch(isSet);
}
