using System.Runtime.CompilerServices;
using K2I.Base;

namespace K2I.Ring;

/// <summary>
/// The segments of an index by their numbers. Writer: all but <see cref="Find"/>, which is any thread's.
/// </summary>
internal sealed class IndexedSegments
{
    private const int LeastWindow = 16;

    // Replaced whole where it grows; a place holds the segment whose number ends so, or none.
    private IndexedSegment?[] window = new IndexedSegment?[LeastWindow];

    private readonly List<IndexedSegment> live = [], held = [];
    private IndexedSegment? last;
    private long next = 1, allLiveFrom = 1;

    internal int Count => live.Count;

    /// <summary>Entries of segments that are not known to be gone.</summary>
    internal long Entries
    {
        get
        {
            long entries = 0;
            foreach (var segment in live) entries += segment.Entries;
            return entries;
        }
    }

    /// <summary>One that is in memory has rows without an entry.</summary>
    internal bool IsAnyLeftOut => live.Exists(s => s.IsLeftOut);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal IndexedSegment? Find(long number)
    {
        var places = Volatile.Read(ref window);
        var found = Volatile.Read(ref places[(int)number & (places.Length - 1)]);
        return found?.Number == number ? found : null;
    }

    /// <summary>Not known to be gone. Writer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsLive(long number) => number >= allLiveFrom || Find(number) is { IsGone: false };

    /// <summary>The segment, with a number from the first time on.</summary>
    internal IndexedSegment Of(Segment segment, KeyColumns columns)
    {
        if (last?.Segment == segment) return last;
        last = live.Find(s => s.Segment == segment);
        if (last is not null) return last;
        Check.That(next <= RowLocation.MaxNumber);
        last = new(next++, segment, columns.Read(segment.View()));
        Refresh();
        live.Add(last);
        Show(last);
        return last;
    }

    /// <summary>Keeps a segment's rows until <see cref="LetGo"/>; false where it is gone.</summary>
    internal bool TryHold(long number, out IndexedSegment segment)
    {
        segment = Find(number)!;
        if (segment is null) return false;
        if (segment.IsHeld) return true;
        if (!segment.TryHold()) return false;
        held.Add(segment);
        return true;
    }

    internal void LetGo()
    {
        foreach (var segment in held) segment.LetGo();
        held.Clear();
    }

    /// <summary>Drops the segments that are gone.</summary>
    internal void Refresh()
    {
        for (var i = live.Count - 1; i >= 0; i--)
        {
            var segment = live[i];
            if (!segment.Look()) continue;
            live.RemoveAt(i);
            if (last == segment) last = null;
            ref var place = ref window[(int)segment.Number & (window.Length - 1)];
            if (place == segment) Volatile.Write(ref place, null);
            allLiveFrom = Math.Max(allLiveFrom, segment.Number + 1);
        }
    }

    private void Show(IndexedSegment segment)
    {
        var places = window;
        while (!Fits(places)) places = new IndexedSegment?[2 * places.Length];
        foreach (var one in live) Volatile.Write(ref places[(int)one.Number & (places.Length - 1)], one);
        Volatile.Write(ref window, places);

        bool Fits(IndexedSegment?[] into) => live.TrueForAll(
            s => s == segment || ((s.Number ^ segment.Number) & (into.Length - 1)) != 0);
    }
}
