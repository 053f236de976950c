using K2I.Base;

namespace K2I.Simulation.Tests;

/// <summary>The scheduler's time, seen by one host whose wall clock may be off.</summary>
public sealed class SimClock(Scheduler scheduler, long unixSkewMs = 0) : IClock
{
    /// <summary>2026-01-01T00:00:00Z.</summary>
    public const long StartUnixMs = 1_767_225_600_000;

    public long UnixMs => StartUnixMs + unixSkewMs + scheduler.NowMs;

    public long MonotonicMs => 1_000 + scheduler.NowMs;

    public void Sleep(long ms)
    {
        scheduler.Enter($"sleep {ms}");
        scheduler.Sleep(ms);
    }

    public ILatch CreateLatch(bool isSet = false) => new Latch(scheduler, isSet);

    private sealed class Latch(Scheduler scheduler, bool isSet) : ILatch
    {
        private readonly List<SimThread> waiters = [];

        public bool IsSet { get; private set; } = isSet;

        public void Set()
        {
            IsSet = true;
            Scheduler.Wake(waiters);
        }

        public void Reset() => IsSet = false;

        public bool Wait(long timeoutMs)
        {
            // A thread that cleans up after its process was killed still waits for its siblings to let go.
            if (scheduler.IsUnwinding) return scheduler.AwaitUnwinding(this);
            scheduler.Enter("wait");
            if (IsSet || timeoutMs <= 0) return IsSet;
            var deadline = timeoutMs >= long.MaxValue - scheduler.NowMs ? long.MaxValue : scheduler.NowMs + timeoutMs;
            while (!IsSet && scheduler.NowMs < deadline) scheduler.Wait(deadline == long.MaxValue ? long.MaxValue : deadline - scheduler.NowMs, waiters);
            return IsSet;
        }
    }
}
