using K2I.Base;
using K2I.Maintenance;
using K2I.Storage;

namespace K2I.Pipeline;

/// <summary>
/// Orphans as a process has found them: what it finds again, unchanged, at least a day later may be removed. It forgets at a restart, so
/// that more is kept and never less. One thread at a time.
/// </summary>
internal sealed class OrphanQuarantine(IClock clock) : IOrphanQuarantine
{
    internal const long StayMs = 86_400_000;

    private Dictionary<string, (ObjectInfo File, long SinceMs)> found = new(StringComparer.Ordinal);

    public bool Holds(ObjectInfo file) =>
        found.TryGetValue(file.Location, out var known) && known.File == file && clock.MonotonicMs - known.SinceMs >= StayMs;

    public void Keep(IReadOnlyCollection<ObjectInfo> orphans)
    {
        var now = clock.MonotonicMs;
        found = orphans.ToDictionary(o => o.Location, Known, StringComparer.Ordinal);

        (ObjectInfo, long) Known(ObjectInfo file) =>
            found.TryGetValue(file.Location, out var known) && known.File == file ? known : (file, now);
    }
}
