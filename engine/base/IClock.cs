namespace K2I.Base;

/// <summary>
/// Time as the engine sees it, and every wait for it: tests and simulations supply their own. No module sleeps or blocks on another thread but through this.
/// </summary>
public interface IClock
{
    /// <summary>Milliseconds since 1970-01-01T00:00:00Z.</summary>
    long UnixMs { get; }

    /// <summary>Monotonic milliseconds from an arbitrary start, for intervals.</summary>
    long MonotonicMs { get; }

    /// <summary>The calling thread does nothing for so long. Below whoever owns the retries of a path it is <see cref="CallScope.Sleep"/>, which a stop ends.</summary>
    void Sleep(long ms);

    ILatch CreateLatch(bool isSet = false);
}
