using K2I.Base;

namespace K2I.Cloud;

/// <summary>Something that ends, fetched anew before it does. Any thread; one fetches while others go on with what there is.</summary>
/// <param name="fetch">Fetches one, and when it ends in milliseconds since 1970; null for never.</param>
internal sealed class Renewed<T>(Func<(T Value, long? EndsUnixMs)> fetch, IClock clock) where T : class
{
    /// <summary>How long before its end another is fetched; of what is short-lived a third of its life.</summary>
    private const long MarginMs = 5 * 60_000;

    /// <summary>After a failure, while there is one to go on with.</summary>
    private const long PauseMs = 10_000;

    private readonly Lock gate = new();
    private volatile Held? held;

    /// <exception cref="EngineException">What fetching ended in, when there is none left to go on with.</exception>
    public T Current()
    {
        var now = clock.UnixMs;
        var known = held;
        if (known is not null && now < known.RenewUnixMs) return known.Value;
        var isGood = known is not null && now < known.EndsUnixMs;
        if (!isGood) gate.Enter();
        else if (!gate.TryEnter()) return known!.Value;
        try
        {
            if (held is { } other && other != known && now < other.RenewUnixMs) return other.Value;
            var (value, ends) = fetch();
            var renew = ends is { } end ? end - Math.Min(MarginMs, Math.Max(0, end - now) / 3) : long.MaxValue;
            held = new Held(value, renew, ends ?? long.MaxValue);
            return value;
        }
        catch (EngineException) when (isGood)
        {
            held = known! with { RenewUnixMs = now + PauseMs };
            return known.Value;
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <summary>The next one is fetched anew, unless that has been done already: this one was refused.</summary>
    public void Refuse(T refused)
    {
        lock (gate)
            if (ReferenceEquals(held?.Value, refused)) held = null;
    }

    private sealed record Held(T Value, long RenewUnixMs, long EndsUnixMs);
}
