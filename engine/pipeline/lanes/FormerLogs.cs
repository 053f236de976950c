using System.Collections.Immutable;

namespace K2I.Pipeline;

/// <summary>
/// The logs of lanes that are no more: read for what they held, appended to by nobody, and removed once nothing of them is needed. Owner.
/// Any thread.
/// </summary>
internal sealed class FormerLogs(ImmutableArray<LaneLog> logs) : IDisposable
{
    private readonly Lock gate = new();
    private readonly HashSet<LaneLog> left = [.. logs];

    internal ImmutableArray<LaneLog> All => logs;

    /// <summary>Removes those that nobody needs any more. Cheap where there is none.</summary>
    internal void RemoveUnneeded()
    {
        List<LaneLog>? gone = null;
        lock (gate)
        {
            if (left.Count == 0) return;
            left.RemoveWhere(log =>
            {
                if (log.Pins.Oldest is not null) return false;
                (gone ??= []).Add(log);
                return true;
            });
        }
        foreach (var log in gone ?? [])
        {
            log.Dispose();
            log.Delete();
        }
    }

    /// <summary>Their sync workers end.</summary>
    internal void End()
    {
        foreach (var log in logs) log.End();
    }

    /// <summary>Closes those that are still needed; the next start reads them.</summary>
    public void Dispose()
    {
        RemoveUnneeded();
        lock (gate)
        {
            foreach (var log in left) log.Dispose();
            left.Clear();
        }
    }
}
