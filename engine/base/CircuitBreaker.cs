using System.Globalization;

namespace K2I.Base;

/// <summary>Spares something outside that does not answer, and its callers' time: after several failures in a row calls fail at once, until a single probe gets through. Any thread.</summary>
/// <remarks>
/// <code>
///            N failures in a row            wait is over: the next call is the probe
/// Closed ───────────────────────► Open ──────────────────────────────────────► HalfOpen
///   ▲                              ▲                                              │ │
///   │                              └───────── probe fails: wait doubles ──────────┘ │
///   └──────────────────────────────── probe is answered ────────────────────────────┘
/// </code>
/// A failure is an error of kind Unavailable or Unknown; any other answer, refusals included, shows that someone is there. What a call ends in after the end
/// of its <see cref="CallScope"/> shows nothing. A call that is not let through ends in Unavailable, before anything was sent; what a call that was let through ends in is never changed.
/// </remarks>
public sealed class CircuitBreaker(string name, IClock clock, IRandom? random = null, int failuresToOpen = 5, int firstWaitMs = 1_000, int longestWaitMs = 30_000)
{
    private readonly Lock gate = new();
    private readonly IRandom random = random ?? SystemRandom.Instance;
    private CircuitState state;
    private long sinceUnixMs = clock.UnixMs;
    private long openUntilMs;
    private long waitMs;
    private int failures;
    private long opened;
    private string? lastError;

    public CircuitStatus Status
    {
        get
        {
            lock (gate) return new CircuitStatus(name, state, sinceUnixMs, failures, opened, lastError);
        }
    }

    /// <summary>Makes a call through the circuit.</summary>
    public T Call<T>(Func<T> call)
    {
        var probe = Enter();
        EngineException? failure = null;
        try
        {
            return call();
        }
        catch (EngineException error)
        {
            failure = error;
            throw;
        }
        finally
        {
            Leave(probe, failure);
        }
    }

    /// <summary>A call begins; throws Unavailable if none is let through now. True if it is the probe. <see cref="Leave"/> must follow, whatever happens.</summary>
    public bool Enter()
    {
        lock (gate)
        {
            if (state == CircuitState.Closed) return false;
            var left = openUntilMs - clock.MonotonicMs;
            if (state == CircuitState.Open && left <= 0)
            {
                Become(CircuitState.HalfOpen);
                return true;
            }
            var next = state == CircuitState.HalfOpen ? "it is being tried" : string.Create(CultureInfo.InvariantCulture, $"it is tried again in {left} ms");
            throw new EngineException(ErrorKind.Unavailable, $"{name} is not called, {next}: {lastError}");
        }
    }

    /// <summary>A call that was let in has ended; null where it threw nothing.</summary>
    public void Leave(bool probe, EngineException? error)
    {
        if (IsFailure(error) && CallScope.HasEnded)
        {
            Abandon(probe);
            return;
        }
        lock (gate)
        {
            if (probe)
            {
                if (IsFailure(error)) Open(error!);
                else Close();
            }
            // What calls of an earlier state come back with says nothing about this one.
            else if (state == CircuitState.Closed)
            {
                if (!IsFailure(error)) (failures, lastError) = (0, null);
                else if (++failures >= failuresToOpen) Open(error!);
                else lastError = error!.Message;
            }
        }
    }

    /// <summary>A call that was let in was given up by its caller and shows nothing: if it was the probe, the next call is.</summary>
    public void Abandon(bool probe)
    {
        if (!probe) return;
        lock (gate)
        {
            openUntilMs = clock.MonotonicMs;
            Become(CircuitState.Open);
        }
    }

    private static bool IsFailure(EngineException? error) => error?.Kind is ErrorKind.Unavailable or ErrorKind.Unknown;

    private void Open(EngineException error)
    {
        waitMs = state == CircuitState.HalfOpen ? Math.Min(longestWaitMs, waitMs * 2) : firstWaitMs;
        if (state == CircuitState.HalfOpen) failures++;
        else opened++;
        lastError = error.Message;
        // From half the wait on, so that several processes do not come back together.
        openUntilMs = clock.MonotonicMs + (waitMs / 2) + random.NextInt64((waitMs / 2) + 1);
        Become(CircuitState.Open);
    }

    private void Close()
    {
        (failures, lastError) = (0, null);
        Become(CircuitState.Closed);
    }

    private void Become(CircuitState next)
    {
        state = next;
        sinceUnixMs = clock.UnixMs;
    }
}
