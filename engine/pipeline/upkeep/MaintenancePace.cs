using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// When a job's next step comes: after a rest in proportion to the last one, and not while ingest needs the machine. One thread's.
/// </summary>
internal sealed class MaintenancePace(EngineContext engine)
{
    private const int LookMs = 200, LongestRestMs = 2_000;

    private readonly IClock clock = engine.Services.Clock;
    private long stepMs;

    /// <summary>A step begins.</summary>
    internal void Begin() => stepMs = clock.MonotonicMs;

    /// <summary>A step has ended: rests. False at a stop.</summary>
    internal bool Rest()
    {
        var share = engine.Options.Maintenance.CpuShare;
        var rest = (long)((clock.MonotonicMs - stepMs) * (1 - share) / share);
        if (rest > 0 && engine.Stop.Wait(Math.Min(rest, LongestRestMs))) return false;
        while (engine.IngestIsBehind)
            if (engine.Stop.Wait(LookMs)) return false;
        return !engine.Stop.IsEnded;
    }
}
