using K2I.Base;

namespace K2I.Iceberg.Tests;

/// <summary>Time that passes when someone sleeps, or when the test says so.</summary>
internal sealed class FakeClock : IClock
{
    public long UnixMs => 1_700_000_000_000 + MonotonicMs;

    public long MonotonicMs { get; private set; } = 1_000;

    public long SleptMs { get; private set; }

    public void Pass(long ms) => MonotonicMs += ms;

    public void Sleep(long ms)
    {
        SleptMs += ms;
        Pass(ms);
    }

    public ILatch CreateLatch(bool isSet = false) => throw new NotSupportedException();
}
