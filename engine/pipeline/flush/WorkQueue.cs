using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// The tables that have work, and who does it: workers take the most urgent one, one worker a table at a time, one step of it, and put it
/// back. Any thread; a short lock. Each table stands in it once at most as ready, and once with a timer.
/// </summary>
internal sealed class WorkQueue(IClock clock)
{
    private readonly Lock gate = new();
    private readonly ILatch work = clock.CreateLatch();
    private readonly Dictionary<TableHandle, Slot> slots = new(ReferenceEqualityComparer.Instance);
    private readonly SortedSet<Slot> ready =
        new(Comparer<Slot>.Create((a, b) => a.ReadyFor != b.ReadyFor ? a.ReadyFor.CompareTo(b.ReadyFor) : a.ReadyAs.CompareTo(b.ReadyAs)));
    private readonly SortedSet<Slot> later =
        new(Comparer<Slot>.Create((a, b) => a.DueMs != b.DueMs ? a.DueMs.CompareTo(b.DueMs) : a.Id.CompareTo(b.Id)));
    private long number;
    private bool closed;

    /// <summary>What is known of a table. Under the lock; its keys change only while it stands in neither order.</summary>
    private sealed class Slot(TableHandle table, long id)
    {
        internal bool IsRunning;
        internal bool IsGone;

        /// <summary>When it became ready, as a number; 0 while it is not.</summary>
        internal long ReadyAs;
        internal Urgency ReadyFor;

        /// <summary>When it is to be ready by itself, in monotonic milliseconds.</summary>
        internal long DueMs = long.MaxValue;

        internal TableHandle Table => table;

        internal long Id => id;
    }

    /// <summary>The table has work of this urgency now.</summary>
    internal void Wake(TableHandle table, Urgency urgency)
    {
        lock (gate)
        {
            if (closed) return;
            if (!slots.TryGetValue(table, out var slot)) slots[table] = slot = new(table, ++number);
            Ready(slot, urgency);
            // Its worker looks again when it is done.
            if (slot.IsRunning) return;
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
                var now = clock.MonotonicMs;
                while (later.Min is { } due && due.DueMs <= now)
                {
                    SetTimer(due, long.MaxValue);
                    Ready(due, Urgency.Idle);
                }
                if (ready.Min is { } next)
                {
                    ready.Remove(next);
                    (next.IsRunning, next.ReadyAs) = (true, 0);
                    return next.Table;
                }
                work.Reset();
                waitMs = later.Min is { } first ? first.DueMs - now : long.MaxValue;
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
            if (slot.IsGone)
            {
                slots.Remove(table);
                return;
            }
            SetTimer(slot, dueMs);
            // Who waits has to look again only for what comes before all that was there.
            if (slot.ReadyAs != 0) ready.Add(slot);
            else if (!ReferenceEquals(later.Min, slot)) return;
        }
        work.Set();
    }

    /// <summary>The table is no more: it is not taken again.</summary>
    internal void Remove(TableHandle table)
    {
        lock (gate)
        {
            if (!slots.TryGetValue(table, out var slot)) return;
            ready.Remove(slot);
            SetTimer(slot, long.MaxValue);
            if (slot.IsRunning) slot.IsGone = true;
            else slots.Remove(table);
        }
    }

    /// <summary>Workers end.</summary>
    internal void Close()
    {
        lock (gate) closed = true;
        work.Set();
    }

    /// <summary>While a worker has it, it is only noted: it comes in when the worker is done.</summary>
    private void Ready(Slot slot, Urgency urgency)
    {
        if (slot.ReadyAs != 0 && slot.ReadyFor <= urgency) return;
        if (slot.ReadyAs != 0) ready.Remove(slot);
        (slot.ReadyAs, slot.ReadyFor) = (++number, urgency);
        if (!slot.IsRunning) ready.Add(slot);
    }

    private void SetTimer(Slot slot, long dueMs)
    {
        if (slot.DueMs == dueMs) return;
        if (slot.DueMs != long.MaxValue) later.Remove(slot);
        slot.DueMs = dueMs;
        if (dueMs != long.MaxValue) later.Add(slot);
    }
}
