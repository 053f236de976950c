namespace K2I.Pipeline;

/// <summary>
/// How many tables may have data files encoded at a time: each takes a part of the memory for its row group. A table that finds none free
/// is given one in its turn, and woken. Any thread; a short lock.
/// </summary>
internal sealed class EncodeSlots(int count)
{
    private readonly Lock gate = new();
    private readonly LinkedList<TableHandle> waiting = [];
    private readonly HashSet<TableHandle> given = new(ReferenceEqualityComparer.Instance);
    private int free = count;

    /// <summary>Takes a slot. False where none is free: the table is woken once it has one, and asks again.</summary>
    internal bool TryEnter(TableHandle table)
    {
        lock (gate)
        {
            if (given.Remove(table)) return true;
            if (free > 0)
            {
                free--;
                return true;
            }
            if (!waiting.Contains(table)) waiting.AddLast(table);
            return false;
        }
    }

    internal void Leave()
    {
        TableHandle next;
        lock (gate)
        {
            if (waiting.First is not { } first)
            {
                free++;
                return;
            }
            waiting.RemoveFirst();
            given.Add(next = first.Value);
        }
        next.Wake(Urgency.Flush);
    }

    /// <summary>The table waits no more: its turn is the next one's.</summary>
    internal void GiveUp(TableHandle table)
    {
        bool had;
        lock (gate)
        {
            had = given.Remove(table);
            if (!had) waiting.Remove(table);
        }
        if (had) Leave();
    }
}
