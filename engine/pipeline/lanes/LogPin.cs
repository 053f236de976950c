using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>
/// Keeps a lane's log from being truncated past a position, until it is released: something at or behind it is in no table yet. Any thread.
/// </summary>
/// <param name="pins">Where it counts.</param>
/// <param name="position">Everything from here on is kept.</param>
/// <param name="number">Tells pins of one position apart.</param>
/// <param name="owner">The run whose rows they are; null for what a start found.</param>
internal sealed class LogPin(LogPins pins, LogPosition position, long number, TableRun? owner)
{
    internal LogPosition Position => position;

    internal long Number => number;

    internal TableRun? Owner => owner;

    /// <summary>Once; again does nothing.</summary>
    internal void Release() => pins.Remove(this);
}
