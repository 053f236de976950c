using K2I.Storage;

namespace K2I.Maintenance;

/// <summary>
/// Orphans of a table that were found once and may be removed when they are found again. Kept over restarts by whoever runs jobs by itself.
/// One job at a time.
/// </summary>
public interface IOrphanQuarantine
{
    /// <summary>The same file, of the same length and time, was found long enough ago.</summary>
    bool Holds(ObjectInfo file);

    /// <summary>These are the orphans now; what is not among them is forgotten, the time of those known already stays.</summary>
    void Keep(IReadOnlyCollection<ObjectInfo> orphans);
}
