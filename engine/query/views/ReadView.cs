using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;
using K2I.Ring;

namespace K2I.Query;

/// <summary>
/// One consistent cut of a table: an Iceberg snapshot, and the rows in memory that are not in it. Each row up to <see cref="Offsets"/> is
/// on exactly one side. Owner of the leases that keep the rows; dispose it, or let it be taken back.
/// </summary>
/// <remarks>
/// One reader, on one thread at a time, and whoever takes it back, from any thread. Rows may be touched only inside <see cref="Use"/>, for
/// a bounded step at a time (a batch, never a wait for a client): memory that is taken back is free when the step under way has ended.
/// </remarks>
public sealed class ReadView : IDisposable
{
    private const int Idle = 0, InUse = 1, Ended = 2, EndsAfterUse = 3;

    private readonly ImmutableArray<SegmentLease> leases;
    private readonly ViewKeeper? keeper;
    private readonly LinkedListNode<ReadView>? kept;
    private int state;
    private string? takenBack;

    /// <summary>Takes over the leases; <paramref name="keeper"/> may take the view back where they keep too much.</summary>
    public ReadView(Table? cold, ImmutableArray<HotRows> hot, ImmutableArray<HotRows> flushed, OffsetVector offsets, bool isPartial,
        ImmutableArray<SegmentLease> leases, ViewKeeper? keeper = null)
    {
        (Cold, Hot, Flushed, Offsets, IsPartial, this.leases, this.keeper) = (cold, hot, flushed, offsets, isPartial, leases, keeper);
        HeldBytes = leases.Sum(l => l.Segment.BudgetBytes);
        kept = keeper?.Add(this);
    }

    /// <summary>The table with the snapshot of this cut; null while the table has no columns yet.</summary>
    public Table? Cold { get; }

    /// <summary>Rows that are not in the snapshot. Of one lane in the order they came.</summary>
    public ImmutableArray<HotRows> Hot { get; }

    /// <summary>Rows that are in the snapshot and still in memory.</summary>
    public ImmutableArray<HotRows> Flushed { get; }

    /// <summary>How far this cut is.</summary>
    public OffsetVector Offsets { get; }

    /// <summary>
    /// Other processes read partitions of the table: rows of theirs are in this cut only as far as they are in the snapshot.
    /// </summary>
    public bool IsPartial { get; }

    /// <summary>Bytes of memory that it keeps from being used again.</summary>
    public long HeldBytes { get; }

    /// <summary>Opens a step in which rows may be touched; dispose what it returns. Throws <see cref="QueryFault.TakenBack"/>.</summary>
    public Step Use()
    {
        if (Interlocked.CompareExchange(ref state, InUse, Idle) == Idle) return new(this);
        Check.That(Volatile.Read(ref state) == Ended);
        throw new QueryException(QueryFault.TakenBack, Volatile.Read(ref takenBack) ?? "the view has ended");
    }

    /// <summary>Its memory is needed: ends it as soon as the step under way has ended. Any thread.</summary>
    public void TakeBack(string why)
    {
        Interlocked.CompareExchange(ref takenBack, why, null);
        End();
    }

    public void Dispose() => End();

    private void End()
    {
        while (true)
        {
            var now = Volatile.Read(ref state);
            if (now is Ended or EndsAfterUse) return;
            if (Interlocked.CompareExchange(ref state, now == Idle ? Ended : EndsAfterUse, now) != now) continue;
            if (now == Idle) Release();
            return;
        }
    }

    private void EndUse()
    {
        if (Interlocked.CompareExchange(ref state, Idle, InUse) == InUse) return;
        Volatile.Write(ref state, Ended);
        Release();
    }

    private void Release()
    {
        if (kept is not null) keeper!.Remove(kept);
        foreach (var lease in leases) lease.Dispose();
    }

    /// <summary>While it lasts, the rows of a view may be touched.</summary>
    public readonly ref struct Step
    {
        private readonly ReadView view;

        internal Step(ReadView view) => this.view = view;

        public void Dispose() => view.EndUse();
    }
}
