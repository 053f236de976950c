namespace K2I.Query;

/// <summary>
/// Bounds what readers keep in memory of rows that everyone else has given up: where it is too much, the views that are open longest are
/// taken back. Any thread; never waits for a reader.
/// </summary>
/// <param name="limitBytes">What all views may keep together.</param>
/// <param name="pinnedBytes">What they keep now.</param>
public sealed class ViewKeeper(long limitBytes, Func<long> pinnedBytes)
{
    private readonly Lock gate = new();
    private readonly LinkedList<ReadView> open = new();

    /// <summary>Views that are open.</summary>
    public int Count
    {
        get { lock (gate) return open.Count; }
    }

    /// <summary>Takes views back until the rest keeps no more than may be. Called where <c>pinnedBytes</c> may have grown.</summary>
    public void Relieve()
    {
        var over = pinnedBytes() - limitBytes;
        while (over > 0)
        {
            ReadView? oldest;
            // A reader that begins or ends has the gate, and may have lost its CPU there. The next call comes with the next segment.
            if (!gate.TryEnter()) return;
            try
            {
                oldest = open.First?.Value;
                if (oldest is not null) open.RemoveFirst();
            }
            finally
            {
                gate.Exit();
            }
            if (oldest is null) return;
            oldest.TakeBack("the query took so long that the memory of its rows was needed for others; ask again, for less");
            // What is in use is free a moment later: nothing more is taken back for it.
            over -= oldest.HeldBytes;
        }
    }

    internal LinkedListNode<ReadView> Add(ReadView view)
    {
        lock (gate) return open.AddLast(view);
    }

    internal void Remove(LinkedListNode<ReadView> node)
    {
        lock (gate)
            if (node.List is not null) open.Remove(node);
    }
}
