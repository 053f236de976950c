namespace K2I.Base;

/// <summary>Time as the engine sees it; tests and simulations supply their own.</summary>
public interface IClock
{
    /// <summary>Milliseconds since 1970-01-01T00:00:00Z.</summary>
    long UnixMs { get; }

    /// <summary>Monotonic milliseconds from an arbitrary start, for intervals.</summary>
    long MonotonicMs { get; }
}
