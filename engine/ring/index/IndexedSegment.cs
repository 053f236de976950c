using K2I.Base;

namespace K2I.Ring;

/// <summary>
/// A segment whose rows are in an index. Readers: <see cref="Number"/>, <see cref="Segment"/>, <see cref="Keys"/>; the rest is the
/// writer's.
/// </summary>
internal sealed class IndexedSegment(long number, Segment segment, KeyReader keys)
{
    private SegmentLease lease;

    internal long Number { get; } = number;

    internal Segment Segment { get; } = segment;

    internal KeyReader Keys { get; } = keys;

    /// <summary>Entries that point to its rows.</summary>
    internal int Entries { get; set; }

    /// <summary>It has rows that the index has no entry for.</summary>
    internal bool IsLeftOut { get; set; }

    /// <summary>It was retired: its entries are stale.</summary>
    internal bool IsGone { get; private set; }

    /// <summary>The writer has a lease of it.</summary>
    internal bool IsHeld { get; private set; }

    /// <summary>Its rows may be read until <see cref="LetGo"/>; false once it is gone.</summary>
    internal bool TryHold()
    {
        if (IsHeld) return true;
        if (IsGone) return false;
        IsHeld = Segment.TryLease(out lease);
        IsGone = !IsHeld;
        return IsHeld;
    }

    internal void LetGo()
    {
        Check.Debug(IsHeld);
        IsHeld = false;
        lease.Dispose();
    }

    /// <summary>Looks whether it is gone.</summary>
    internal bool Look() => IsGone |= Segment.State is SegmentState.Retired or SegmentState.Free;
}
