using System.Numerics;
using K2I.Base;
using K2I.Memory;

namespace K2I.Ring;

/// <summary>
/// Owner of the memory of all key indexes of a process: a range of address space as large as the budget, in units of 32 KiB. A unit is one
/// place, or 2, 4 or 8 of them, given out and taken back one by one. An index that is refused says that it is incomplete.
/// </summary>
/// <remarks>
/// Threads: any; a short lock, taken where a part of an index grows or goes. Pages come while nobody waits for them
/// (<see cref="Prepare"/>), and from the kernel at once where there are none. Nothing is unmapped before <see cref="Dispose"/>: a reader
/// that comes late to a place reads what is there by then, or zeros, and sees afterwards that it was late. Units that are free again keep
/// their pages while they are few.
/// </remarks>
public sealed class IndexBudget : IDisposable
{
    public const long LeastBytes = 1 << 20;

    /// <summary>
    /// Units that are free and have pages: what growth gives back, and takes before the next <see cref="Prepare"/>. As many as share a
    /// huge page.
    /// </summary>
    private const int WarmUnits = NativeBuffer.HugePageBytes / IndexPlace.UnitBytes;

    /// <summary>
    /// More of them are given back to the kernel, where all that share a huge page are free: to take one apart costs a writer more than
    /// a millisecond.
    /// </summary>
    private const int MostWarm = 3 * WarmUnits;

    /// <summary>
    /// One in so many units is only for places that replace others as large: stale entries can be dropped where nothing else has room.
    /// </summary>
    private const int ReservedPart = 32;

    private readonly Lock gate = new();
    private readonly NativeBuffer memory;
    private readonly long start;
    private readonly Unit[] units;
    private readonly List<int> warm = [];
    private readonly Stack<int> cold = [];

    /// <summary>Of the units that share a huge page, how many are among the warm ones.</summary>
    private readonly int[] warmOf;
    private readonly List<int>[] open = [[], [], [], []];
    private int unused;
    private long heldBytes;

    /// <summary>At least <see cref="LeastBytes"/>.</summary>
    /// <param name="bytes">What all indexes may hold together.</param>
    /// <param name="hashSeed">A secret of the process: who does not know it cannot make keys whose hashes are alike.</param>
    public IndexBudget(long bytes, long hashSeed)
    {
        Check.That(bytes >= LeastBytes);
        units = new Unit[bytes / IndexPlace.UnitBytes];
        warmOf = new int[(units.Length / WarmUnits) + 1];
        BudgetBytes = (long)units.Length * IndexPlace.UnitBytes;
        HashSeed = hashSeed;
        memory = NativeBuffer.Reserve(MemoryTag.Index, BudgetBytes + NativeBuffer.HugePageBytes);
        start = memory.ToHugePage(0);
    }

    public long BudgetBytes { get; }

    /// <summary>What all indexes hold now.</summary>
    public long HeldBytes => Volatile.Read(ref heldBytes);

    internal long HashSeed { get; }

    /// <summary>Once no index has anything of it, and nobody reads one.</summary>
    public void Dispose()
    {
        Check.That(HeldBytes == 0);
        memory.Dispose();
    }

    /// <summary>A place whose memory is zeros. False where there is none.</summary>
    /// <param name="size">As in <see cref="IndexPlace"/>.</param>
    /// <param name="replaces">A place of at least this size is given back at once.</param>
    internal bool TryTake(int size, bool replaces, out IndexPlace place)
    {
        bool used;
        lock (gate)
        {
            place = default;
            var list = open[size];
            if (list.Count == 0 && !TryOpen(size, replaces)) return false;
            var at = list[^1];
            ref var unit = ref units[at];
            var part = BitOperations.TrailingZeroCount((uint)unit.Free);
            unit.Free &= (byte)(unit.Free - 1);
            if (unit.Free == 0) list.RemoveAt(list.Count - 1);
            place = new(at, part, size);
            used = (unit.Used & place.Smallest) != 0;
            unit.Used |= place.Smallest;
            heldBytes += place.Bytes;
        }
        if (used) Memory(place).Clear();
        else memory.Populate(At(place), place.Bytes);
        return true;
    }

    /// <summary>
    /// Puts pages under units that growth will take next, as many at a time as share a huge page: no writer then waits for the kernel, nor,
    /// on a virtual machine, for its host. A call where none are wanted is a look at a few numbers. Any thread, to be called every few
    /// milliseconds.
    /// </summary>
    public void Prepare()
    {
        while (TakeBare() is { Count: > 0 } bare)
        {
            memory.PopulateHuge(At(bare.First), (long)bare.Count * IndexPlace.UnitBytes);
            lock (gate)
            {
                for (var at = bare.First + bare.Count - 1; at >= bare.First; at--)
                {
                    units[at].Used = byte.MaxValue;
                    Warm(at);
                }
            }
        }
    }

    /// <summary>Readers that are late may still look at it; writers must not.</summary>
    internal void Return(IndexPlace place)
    {
        lock (gate)
        {
            ref var unit = ref units[place.Unit];
            var list = open[place.Size];
            if (unit.Free == 0)
            {
                unit.OpenAt = list.Count;
                list.Add(place.Unit);
            }
            unit.Free |= (byte)(1 << place.Part);
            if (unit.Free == AllOf(place.Size)) Close(place.Unit, list);
            heldBytes -= place.Bytes;
        }
    }

    internal Span<byte> Memory(IndexPlace place) => memory.Slice(At(place), place.Bytes);

    private long At(int unit) => start + ((long)unit * IndexPlace.UnitBytes);

    private long At(IndexPlace place) => At(place.Unit) + ((long)place.Part * place.Bytes);

    private int Left => warm.Count + cold.Count + units.Length - unused;

    /// <summary>
    /// Units without pages, side by side in one huge page, where more with pages are wanted and the last of the budget is not touched by
    /// it.
    /// </summary>
    private (int First, int Count) TakeBare()
    {
        lock (gate)
        {
            if (warm.Count >= (heldBytes == 0 ? 1 : WarmUnits) || Left <= (units.Length / ReservedPart) + (2 * WarmUnits)) return default;
            if (!cold.TryPop(out var first)) first = unused++;
            var last = first;
            for (; heldBytes > 0 && (last + 1) % WarmUnits != 0 && last + 1 < units.Length; last++)
            {
                if (cold.TryPeek(out var next) && next == last + 1) cold.Pop();
                else if (unused == last + 1) unused++;
                else break;
            }
            return (first, last + 1 - first);
        }
    }

    private bool TryOpen(int size, bool replaces)
    {
        if (Left <= (replaces ? 0 : units.Length / ReservedPart)) return false;
        int at;
        if (warm.Count > 0)
        {
            at = warm[^1];
            warm.RemoveAt(warm.Count - 1);
            warmOf[at / WarmUnits]--;
        }
        else if (!cold.TryPop(out at)) at = unused++;
        units[at].Free = AllOf(size);
        units[at].OpenAt = open[size].Count;
        open[size].Add(at);
        return true;
    }

    /// <summary>No part of a unit is taken: it may be one of any size next.</summary>
    private void Close(int at, List<int> list)
    {
        ref var unit = ref units[at];
        var last = list[^1];
        list[unit.OpenAt] = last;
        units[last].OpenAt = unit.OpenAt;
        list.RemoveAt(list.Count - 1);
        if (unit.Used != byte.MaxValue)
        {
            // Part of it has no pages: a writer would wait for them.
            cold.Push(at);
            return;
        }
        Warm(at);
        if (warm.Count > MostWarm && warmOf[at / WarmUnits] == WarmUnits) Cool(at / WarmUnits);
    }

    private void Warm(int at)
    {
        warm.Add(at);
        warmOf[at / WarmUnits]++;
    }

    /// <summary>Gives the pages of all units of a huge page back.</summary>
    private void Cool(int page)
    {
        var first = page * WarmUnits;
        memory.Release(At(first), NativeBuffer.HugePageBytes);
        warm.RemoveAll(u => u / WarmUnits == page);
        warmOf[page] = 0;
        for (var at = first + WarmUnits - 1; at >= first; at--)
        {
            units[at].Used = 0;
            cold.Push(at);
        }
    }

    private static byte AllOf(int size) => (byte)((1 << IndexPlace.PartsOf(size)) - 1);

    private struct Unit
    {
        /// <summary>Which of its parts are free, a bit each.</summary>
        internal byte Free;

        /// <summary>
        /// Where it has pages, which may have been written to: a bit for each of the smallest places, whatever its parts are.
        /// </summary>
        internal byte Used;

        /// <summary>Where it stands among the units of its size with a free part.</summary>
        internal int OpenAt;
    }
}
