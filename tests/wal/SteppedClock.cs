using K2I.Base;

namespace K2I.Wal.Tests;

/// <summary>Time that stands still until it is told otherwise; nobody waits.</summary>
internal sealed class SteppedClock : IClock
{
    public long UnixMs => MonotonicMs;

    public long MonotonicMs { get; set; } = 1_000_000;

    public void Sleep(long ms) => MonotonicMs += ms;

    public ILatch CreateLatch(bool isSet = false) => new NoWait(isSet);

    private sealed class NoWait(bool isSet) : ILatch
    {
        public bool IsSet { get; private set; } = isSet;

        public void Set() => IsSet = true;

        public void Reset() => IsSet = false;

        public bool Wait(long timeoutMs = long.MaxValue) => IsSet;
    }
}
