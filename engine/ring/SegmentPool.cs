using K2I.Base;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Ring;

/// <summary>
/// Owner of the memory of all tables' rows: segments of some classes within one budget, taken when one opens and given back when it is
/// free. What is resident is never more than the budget and what readers hold beside it, and of a segment never more than is charged.
/// </summary>
/// <remarks>
/// Flushed segments stay for readers while nobody needs the room, and not beyond their time; the oldest go first, of those whose memory
/// serves the segment that opens, where there are any. A retired segment that
/// is still leased is charged to readers: nobody who writes ever waits for them; whoever gives views out bounds them (<see
/// cref="PinnedBytes"/>, <see cref="OnPinned"/>). Under busy readers every segment is leased when its room is wanted: then some more are
/// retired than need be, so that memory which readers leave finds room, and the next segment is written to pages that are there.
/// Fairness. An account's share is the budget over the accounts that hold something and one more, and at least one segment. Who holds
/// more leaves an eighth of the budget, for tables that come or wake while others fill the pool. Who stays within it may take half of
/// what is left, and in any case the smallest segment while there is one. Threads: any; a short lock, taken only where a segment opens
/// or is freed. Memory that is freed is idle (<see cref="IdleMemory"/>), until someone needs the room.
/// </remarks>
public sealed class SegmentPool : IDisposable
{
    private const int Reserved = 8, LargestOf = 4;

    /// <summary>Segments, as large as the one that opens, that are retired ahead while readers have some.</summary>
    private const int RetiredAhead = 2;

    private readonly Lock gate = new();
    private readonly HashSet<PoolAccount> accounts = [];
    private readonly Dictionary<long, List<Slab>> slabs = [];
    private readonly IdleMemory idle = new();
    private readonly AgeQueue<SegmentKind, Segment> flushed = new();
    private long heldBytes, flushedBytes, pinnedBytes, sequence;
    private int holders;
    private bool disposed;

    /// <summary>A pool of at least 256 KiB.</summary>
    public SegmentPool(long budgetBytes)
    {
        Check.That(budgetBytes >= 16 * SegmentClasses.Smallest);
        BudgetBytes = budgetBytes;
        MaxSegmentBytes = SegmentClasses.AtMost(budgetBytes / LargestOf);
    }

    public long BudgetBytes { get; }

    /// <summary>The largest class it gives: at most a quarter of the budget, so that one can be written while others are flushed.</summary>
    public long MaxSegmentBytes { get; }

    /// <summary>What all accounts are charged together.</summary>
    public long HeldBytes => Volatile.Read(ref heldBytes);

    /// <summary>What flushed segments take, which stay as long as nobody needs the room.</summary>
    public long FlushedBytes => Volatile.Read(ref flushedBytes);

    /// <summary>What readers keep of segments that are retired: beside the budget.</summary>
    public long PinnedBytes => Volatile.Read(ref pinnedBytes);

    /// <summary>Called, by whichever thread, where <see cref="PinnedBytes"/> may have grown. Set before any use.</summary>
    public Action? OnPinned { get; set; }

    /// <summary>An account for one more table. It costs no memory of the pool.</summary>
    public PoolAccount Open()
    {
        var account = new PoolAccount(this);
        lock (gate)
        {
            Check.That(!disposed);
            accounts.Add(account);
        }
        return account;
    }

    /// <summary>Closes all accounts and frees all memory but that of leased segments, which goes with the last lease.</summary>
    public void Dispose()
    {
        PoolAccount[] open;
        lock (gate)
        {
            disposed = true;
            open = [.. accounts];
        }
        foreach (var account in open) Close(account);
        lock (gate)
        {
            while (idle.TryTakeOldest() is { } memory) GiveBack(memory);
            foreach (var list in slabs.Values)
            {
                foreach (var slab in list)
                    if (slab.IsEmpty) slab.Dispose();
                list.RemoveAll(s => s.IsEmpty);
            }
        }
    }

    internal Segment? TryOpen(PoolAccount account, SegmentShape shape, long wantedBytes)
    {
        shape.CheckFits(MaxSegmentBytes);
        var least = shape.LeastBytes;
        var bytes = Math.Max(least, SegmentClasses.AtMost(Math.Min(wantedBytes, MaxSegmentBytes)));
        SegmentMemory? memory;
        long number;
        lock (gate)
        {
            if (account.IsClosed) return null;
            while (!HasRoom(account, bytes, least))
            {
                bytes /= SegmentClasses.Step;
                if (bytes < least) return null;
            }
            var kind = new SegmentKind(shape.Layout, bytes);
            memory = idle.TryTake(kind);
            Charge(account, bytes);
            // Unmapped here, so that nobody is given the room before it is there.
            while (heldBytes + flushedBytes + idle.Bytes > BudgetBytes)
            {
                if (memory is null && kind.IsWorthKeeping && flushed.OldestOf(kind) is { } same) same.Item.TryRetire();
                else if (idle.TryTakeOldest() is { } oldest) GiveBack(oldest);
                else flushed.Oldest!.Item.TryRetire();
                memory ??= idle.TryTake(kind);
            }
            while (pinnedBytes > 0 && heldBytes + flushedBytes > BudgetBytes - (RetiredAhead * bytes) && flushed.Oldest is { } ahead)
                ahead.Item.TryRetire();
            number = ++sequence;
        }
        if (PinnedBytes > 0) OnPinned?.Invoke();
        try
        {
            if (memory is null) memory = Make(shape, bytes);
            else memory.Rows.Use(shape.Schema);
        }
        catch (EngineException)
        {
            lock (gate) Charge(account, -bytes);
            throw;
        }
        var segment = new Segment(account, memory, number);
        lock (gate)
        {
            account.Live.Add(segment);
            if (!account.IsClosed) return segment;
        }
        segment.Abandon();
        return null;
    }

    /// <summary>Retires what was flushed before a time, on the clock of <see cref="Segment.MarkFlushed"/>. Any thread.</summary>
    public void RetireFlushed(long beforeMs)
    {
        while (true)
        {
            lock (gate)
            {
                if (flushed.Oldest is not { } oldest || oldest.Item.FlushedMs >= beforeMs) break;
                oldest.Item.TryRetire();
            }
        }
        if (PinnedBytes > 0) OnPinned?.Invoke();
    }

    internal void Keep(PoolAccount account, Segment segment, long nowMs)
    {
        lock (gate)
        {
            if (segment.Charge != SegmentCharge.Account) return;
            segment.FlushedMs = nowMs;
            MoveCharge(account, segment, SegmentCharge.Flushed);
        }
    }

    /// <summary>It is retired, and readers have it.</summary>
    internal void Pin(PoolAccount account, Segment segment)
    {
        lock (gate)
        {
            if (segment.Charge == SegmentCharge.None) return;
            MoveCharge(account, segment, SegmentCharge.Readers);
        }
        if (!gate.IsHeldByCurrentThread) OnPinned?.Invoke();
    }

    internal void Free(PoolAccount account, Segment segment)
    {
        var memory = segment.Memory;
        memory.Rows.Reset();
        lock (gate)
        {
            account.Live.Remove(segment);
            // What readers had lay beside the budget: it may not fit by now.
            var fits = segment.Charge != SegmentCharge.Readers || heldBytes + flushedBytes + idle.Bytes + memory.Bytes <= BudgetBytes;
            if (!disposed && fits && memory.Kind.IsWorthKeeping) idle.Add(memory);
            else GiveBack(memory);
            MoveCharge(account, segment, SegmentCharge.None);
        }
    }

    internal void Close(PoolAccount account)
    {
        lock (gate)
        {
            if (account.IsClosed) return;
            account.IsClosed = true;
            accounts.Remove(account);
            // Here, as who opens one retires flushed ones until there is room: each that it finds must be one that it can retire.
            foreach (var segment in account.Live.ToArray()) segment.Abandon();
        }
        if (PinnedBytes > 0) OnPinned?.Invoke();
    }

    private bool HasRoom(PoolAccount account, long bytes, long least)
    {
        var left = BudgetBytes - heldBytes;
        if (bytes > left) return false;
        var sharers = holders + (account.HeldBytes == 0 ? 2 : 1);
        var isWithinShare = account.HeldBytes + bytes <= Math.Max(BudgetBytes / sharers, least);
        return left - bytes >= BudgetBytes / Reserved || (isWithinShare && (bytes <= left / 2 || bytes == least));
    }

    private void Charge(PoolAccount account, long bytes)
    {
        var held = account.HeldBytes;
        account.Charge(bytes);
        if (held == 0) holders++;
        else if (held + bytes == 0) holders--;
        Volatile.Write(ref heldBytes, heldBytes + bytes);
        Check.That(heldBytes >= 0 && heldBytes <= BudgetBytes);
    }

    private void MoveCharge(PoolAccount account, Segment segment, SegmentCharge to)
    {
        var bytes = segment.Memory.Bytes;
        switch (segment.Charge)
        {
            case SegmentCharge.Account:
                Charge(account, -bytes);
                break;
            case SegmentCharge.Flushed:
                Volatile.Write(ref flushedBytes, flushedBytes - bytes);
                flushed.Remove(segment.FlushedPlace!);
                break;
            case SegmentCharge.Readers:
                Volatile.Write(ref pinnedBytes, pinnedBytes - bytes);
                break;
            default:
                break;
        }
        segment.Charge = to;
        if (to == SegmentCharge.Flushed)
        {
            Volatile.Write(ref flushedBytes, flushedBytes + bytes);
            segment.FlushedPlace = flushed.Add(segment.Memory.Kind, segment);
        }
        else if (to == SegmentCharge.Readers)
        {
            Volatile.Write(ref pinnedBytes, pinnedBytes + bytes);
        }
    }

    private SegmentMemory Make(SegmentShape shape, long bytes)
    {
        var (schema, kind) = (shape.Schema, new SegmentKind(shape.Layout, bytes));
        if (!shape.Batch.IsPackedIn(bytes)) return new(BatchBuilder.Bounded(schema, MemoryTag.Ring, bytes), kind, null, 0);
        Slab slab;
        int place;
        lock (gate)
        {
            if (!slabs.TryGetValue(bytes, out var list)) slabs[bytes] = list = [];
            slab = list.Find(s => !s.IsFull) ?? Add(list, bytes);
            place = slab.Take();
        }
        return new(BatchBuilder.Packed(schema, slab.Memory, place * bytes, bytes), kind, slab, place);
    }

    private static Slab Add(List<Slab> list, long bytes)
    {
        var slab = new Slab(MemoryTag.Ring, bytes);
        list.Add(slab);
        return slab;
    }

    /// <summary>Its pages go to the kernel, before anyone is given the room. Under the lock.</summary>
    private void GiveBack(SegmentMemory memory)
    {
        memory.Rows.Dispose();
        if (memory.Slab is not { } slab) return;
        slab.Clean(memory.Place);
        slab.Return(memory.Place);
        if (disposed && slab.IsEmpty) slab.Dispose();
    }
}
