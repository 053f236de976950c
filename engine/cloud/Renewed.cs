using K2I.Base;

namespace K2I.Cloud;

/// <summary>Something that ends, fetched anew before it does. Any thread; one fetches while others go on with what there is.</summary>
/// <param name="fetch">Fetches one, and when it ends in milliseconds since 1970; null for never.</param>
internal sealed class Renewed<T>(Func<(T Value, long? EndsUnixMs)> fetch, IClock clock) where T : class
{
    /// <summary>How long before its end another is fetched; of what is short-lived a third of its life.</summary>
    private const long MarginMs = 5 * 60_000;

    private readonly Lock gate = new();
    private volatile Held? held;

    /// <exception cref="EngineException">What fetching ended in, when there is none left to go on with.</exception>
    public T Current()
    {
        var now = clock.UnixMs;
        if (held is { } fresh && now < fresh.RenewUnixMs) return fresh.Value;
        lock (gate)
        {
            if (held is { } other && now < other.RenewUnixMs) return other.Value;
            try
            {
                var (value, ends) = fetch();
                var renew = ends is { } end ? end - Math.Min(MarginMs, Math.Max(0, end - now) / 3) : long.MaxValue;
                held = new Held(value, renew, ends ?? long.MaxValue);
                return value;
            }
            catch (EngineException) when (held is { } old && now < old.EndsUnixMs)
            {
                return held.Value;
            }
        }
    }

    /// <summary>The next one is fetched anew: that one was refused.</summary>
    /// <returns>False if it was fetched anew already.</returns>
    public bool Refuse(T refused)
    {
        lock (gate)
        {
            if (held is null || !ReferenceEquals(held.Value, refused)) return false;
            held = null;
            return true;
        }
    }

    private sealed record Held(T Value, long RenewUnixMs, long EndsUnixMs);
}
