using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>What those who look after it need to know.</summary>
internal sealed partial class TableHandle
{
    internal TableMaintenance Maintenance { get; }

    /// <summary>The table as readers are given it now; null while they are given none. Any thread.</summary>
    internal Table? ShownTable => Volatile.Read(ref version).Cold;

    /// <summary>Flushes whose files may not be in the table yet, by the ids that stand in the files' names. Any thread.</summary>
    internal IEnumerable<string> FlushIds
    {
        get
        {
            if (run is { } now)
            {
                if (now.Flush?.Id is { } id) yield return id;
                if (now.Redo is { } again) yield return again.Id;
            }
            if (CutShort is { } cutShort) yield return cutShort.Id;
        }
    }
}
