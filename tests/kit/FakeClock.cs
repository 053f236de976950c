using K2I.Base;

namespace K2I.Kit;

/// <summary>Time that stands still until someone sleeps or a test lets it pass; nobody waits for a latch. Any thread.</summary>
public sealed class FakeClock(long startUnixMs = 1_700_000_000_000) : IClock
{
    // Not zero: what forgot to take a time would pass for one that began here.
    private const long StartMs = 1_000_000;

    private long passedMs;
    private long sleptMs;

    public long UnixMs => startUnixMs + Volatile.Read(ref passedMs);

    public long MonotonicMs => StartMs + Volatile.Read(ref passedMs);

    /// <summary>The part of the time that passed while someone slept.</summary>
    public long SleptMs => Volatile.Read(ref sleptMs);

    public void Pass(long ms) => Interlocked.Add(ref passedMs, ms);

    public void Sleep(long ms)
    {
        Interlocked.Add(ref sleptMs, ms);
        Pass(ms);
    }

    public ILatch CreateLatch(bool isSet = false) => new Latch(isSet);

    private sealed class Latch(bool isSet) : ILatch
    {
        private volatile bool isSet = isSet;

        public bool IsSet => isSet;

        public void Set() => isSet = true;

        public void Reset() => isSet = false;

        public bool Wait(long timeoutMs = long.MaxValue) => isSet;
    }
}
