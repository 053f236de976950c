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
/// A failure is an error of kind Unavailable or Unknown; any other answer, refusals included, shows that someone is there. A call that is not let through
/// ends in Unavailable, before anything was sent; what a call that was let through ends in is never changed.
/// </remarks>
public sealed class CircuitBreaker(string name, IClock clock, IRandom? random = null, int failuresToOpen = 5, int firstWaitMs = 1_000, int longestWaitMs = 30_000)
{
    private readonly Lock _lock = new();
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
            lock (_lock) return new CircuitStatus(name, this.state, this.sinceUnixMs, this.failures, this.opened, this.lastError);
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
        lock (_lock)
        {
            if (this.state == CircuitState.Closed) return false;
            var left = this.openUntilMs - clock.MonotonicMs;
            if (this.state == CircuitState.Open && left <= 0)
            {
                Become(CircuitState.HalfOpen);
                return true;
            }
            var next = this.state == CircuitState.HalfOpen ? "it is being tried" : string.Create(CultureInfo.InvariantCulture, $"it is tried again in {left} ms");
            throw new EngineException(ErrorKind.Unavailable, $"{name} is not called, {next}: {this.lastError}");
        }
    }

    /// <summary>A call that was let in has ended; null where it threw nothing.</summary>
    public void Leave(bool probe, EngineException? error)
    {
        lock (_lock)
        {
            if (probe)
            {
                if (IsFailure(error)) Open(error!);
                else Close();
            }
            // What calls of an earlier state come back with says nothing about this one.
            else if (this.state == CircuitState.Closed)
            {
                if (!IsFailure(error)) (this.failures, this.lastError) = (0, null);
                else if (++this.failures >= failuresToOpen) Open(error!);
                else this.lastError = error!.Message;
            }
        }
    }

    /// <summary>A call that was let in was given up by its caller and shows nothing: if it was the probe, the next call is.</summary>
    public void Abandon(bool probe)
    {
        if (!probe) return;
        lock (_lock)
        {
            this.openUntilMs = clock.MonotonicMs;
            Become(CircuitState.Open);
        }
    }

    private static bool IsFailure(EngineException? error) => error?.Kind is ErrorKind.Unavailable or ErrorKind.Unknown;

    private void Open(EngineException error)
    {
        this.waitMs = this.state == CircuitState.HalfOpen ? Math.Min(longestWaitMs, this.waitMs * 2) : firstWaitMs;
        if (this.state == CircuitState.HalfOpen) this.failures++;
        else this.opened++;
        this.lastError = error.Message;
        // From half the wait on, so that several processes do not come back together.
        this.openUntilMs = clock.MonotonicMs + (this.waitMs / 2) + this.random.NextInt64((this.waitMs / 2) + 1);
        Become(CircuitState.Open);
    }

    private void Close()
    {
        (this.failures, this.lastError) = (0, null);
        Become(CircuitState.Closed);
    }

    private void Become(CircuitState next)
    {
        this.state = next;
        this.sinceUnixMs = clock.UnixMs;
    }
}
