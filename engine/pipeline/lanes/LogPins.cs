using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>
/// Which part of a lane's log is still needed: all of it from the oldest pin on. Any thread; a short lock, taken when a segment begins or
/// ends.
/// </summary>
internal sealed class LogPins
{
    private readonly Lock gate = new();
    private readonly SortedSet<LogPin> pins =
        new(Comparer<LogPin>.Create((a, b) => a.Position != b.Position ? a.Position.CompareTo(b.Position) : a.Number.CompareTo(b.Number)));
    private long made;

    /// <summary>The pin that holds the most of the log; null where nothing is needed.</summary>
    internal LogPin? Oldest
    {
        get
        {
            lock (gate) return pins.Min;
        }
    }

    internal LogPin Add(LogPosition position, TableRun? owner)
    {
        lock (gate)
        {
            var pin = new LogPin(this, position, ++made, owner);
            pins.Add(pin);
            return pin;
        }
    }

    internal void Remove(LogPin pin)
    {
        lock (gate) pins.Remove(pin);
    }
}
