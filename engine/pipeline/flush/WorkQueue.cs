using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// The tables that have work, and who does it: workers take the most urgent one, one worker a table at a time, one step of it, and put it back. Any thread; a short lock.
/// </summary>
internal sealed class WorkQueue(IClock clock)
{
    private readonly Lock gate = new();
    private readonly ILatch work = clock.CreateLatch();
    private readonly PriorityQueue<TableHandle, (Urgency Urgency, long Number)> ready = new();
    private readonly PriorityQueue<TableHandle, long> later = new();
    private readonly Dictionary<TableHandle, Slot> slots = new(ReferenceEqualityComparer.Instance);
    private long number;
    private bool closed;

    private sealed class Slot
    {
        internal bool IsRunning;

        /// <summary>The entry of <see cref="ready"/> that counts; 0 for none.</summary>
        internal long ReadyAs;
        internal Urgency ReadyFor;
        internal long DueMs = long.MaxValue;
    }

    /// <summary>The table has work of this urgency now.</summary>
    internal void Wake(TableHandle table, Urgency urgency)
    {
        lock (gate)
        {
            if (closed) return;
            if (!slots.TryGetValue(table, out var slot)) slots[table] = slot = new();
            Ready(table, slot, urgency);
        }
        work.Set();
    }

    /// <summary>A table with work, for the calling worker alone until <see cref="Done"/>; null once the queue is closed.</summary>
    internal TableHandle? Take()
    {
        while (true)
        {
            long waitMs;
            lock (gate)
            {
                if (closed) return null;
                TakeDue();
                while (ready.TryDequeue(out var table, out var priority))
                {
                    var slot = slots[table];
                    // Overtaken by a more urgent entry; or its worker looks again when it is done.
                    if (slot.ReadyAs != priority.Number || slot.IsRunning) continue;
                    (slot.IsRunning, slot.ReadyAs) = (true, 0);
                    return table;
                }
                work.Reset();
                waitMs = later.TryPeek(out _, out var due) ? Math.Max(0, due - clock.MonotonicMs) : long.MaxValue;
            }
            _ = work.Wait(waitMs);
        }
    }

    /// <summary>The worker is done with it until <paramref name="dueMs"/>, in monotonic milliseconds, or until it is woken.</summary>
    internal void Done(TableHandle table, long dueMs)
    {
        lock (gate)
        {
            var slot = slots[table];
            slot.IsRunning = false;
            if (slot.ReadyAs != 0)
            {
                var urgency = slot.ReadyFor;
                slot.ReadyAs = 0;
                Ready(table, slot, urgency);
            }
            // An earlier look than asked for does no harm, and does not pile up.
            if (dueMs < slot.DueMs)
            {
                slot.DueMs = dueMs;
                later.Enqueue(table, dueMs);
            }
        }
        work.Set();
    }

    /// <summary>The table is no more.</summary>
    internal void Remove(TableHandle table)
    {
        lock (gate)
            if (slots.TryGetValue(table, out var slot)) (slot.ReadyAs, slot.DueMs) = (0, long.MaxValue);
    }

    /// <summary>Workers end.</summary>
    internal void Close()
    {
        lock (gate) closed = true;
        work.Set();
    }

    private void Ready(TableHandle table, Slot slot, Urgency urgency)
    {
        if (slot.ReadyAs != 0 && slot.ReadyFor <= urgency) return;
        (slot.ReadyAs, slot.ReadyFor) = (++number, urgency);
        ready.Enqueue(table, (urgency, number));
    }

    private void TakeDue()
    {
        var now = clock.MonotonicMs;
        while (later.TryPeek(out var table, out var due) && due <= now)
        {
            later.Dequeue();
            var slot = slots[table];
            if (slot.DueMs != due) continue;
            slot.DueMs = long.MaxValue;
            Ready(table, slot, Urgency.Idle);
        }
    }
}
