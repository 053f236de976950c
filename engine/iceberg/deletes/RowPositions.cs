using System.Numerics;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>A set of row positions. Runs of 65,536 are held as a sorted array while they have few, as a bitmap beyond. One thread writes.</summary>
public sealed class RowPositions
{
    private const int ContainerBits = 16, ContainerRows = 1 << ContainerBits, ContainerWords = ContainerRows / 64, MaxArray = 4096;

    private readonly Dictionary<long, Container> containers = [];

    public long Count => containers.Values.Sum(c => (long)c.Count);

    public void Add(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        var key = position >> ContainerBits;
        if (!containers.TryGetValue(key, out var container)) containers[key] = container = new();
        container.Add((ushort)position);
    }

    public bool Contains(long position) => containers.TryGetValue(position >> ContainerBits, out var container) && container.Contains((ushort)position);

    /// <summary>Adds the rows of a bitmap of 65,536 bits that begins at <paramref name="key"/> times 65,536.</summary>
    internal void AddBitmap(long key, ReadOnlySpan<ulong> words)
    {
        if (!containers.TryGetValue(key, out var container)) containers[key] = container = new();
        container.Merge(words);
    }

    public void Union(RowPositions other)
    {
        foreach (var position in other.All()) Add(position);
    }

    /// <summary>Every position, ascending.</summary>
    public IEnumerable<long> All()
    {
        foreach (var (key, container) in containers.OrderBy(c => c.Key))
            foreach (var low in container.All()) yield return (key << ContainerBits) + low;
    }

    /// <summary>Writes which of the <paramref name="rows"/> rows from <paramref name="start"/> on are not in the set, as ordinals counted from there. Returns how many.</summary>
    internal int Others(long start, int rows, Span<Ordinal> into)
    {
        var found = 0;
        for (var row = 0; row < rows;)
        {
            var at = start + row;
            var run = (int)Math.Min(rows - row, ContainerRows - (at & (ContainerRows - 1)));
            if (!containers.TryGetValue(at >> ContainerBits, out var container))
            {
                for (var i = 0; i < run; i++) into[found++] = new(row + i);
            }
            else
            {
                for (var i = 0; i < run; i++)
                    if (!container.Contains((ushort)(at + i))) into[found++] = new(row + i);
            }
            row += run;
        }
        return found;
    }

    private sealed class Container
    {
        private ushort[] sorted = new ushort[4];
        private ulong[]? words;

        internal int Count { get; private set; }

        internal bool Contains(ushort value) => this.words is { } words ? (words[value >> 6] >> (value & 63) & 1) != 0 : Array.BinarySearch(sorted, 0, Count, value) >= 0;

        internal void Add(ushort value)
        {
            if (this.words is { } words)
            {
                ref var word = ref words[value >> 6];
                var bit = 1UL << (value & 63);
                if ((word & bit) == 0) Count++;
                word |= bit;
                return;
            }
            var at = Count > 0 && sorted[Count - 1] < value ? ~Count : Array.BinarySearch(sorted, 0, Count, value);
            if (at >= 0) return;
            if (Count == MaxArray)
            {
                Widen();
                Add(value);
                return;
            }
            if (Count == sorted.Length) Array.Resize(ref sorted, Count * 2);
            Array.Copy(sorted, ~at, sorted, ~at + 1, Count - ~at);
            sorted[~at] = value;
            Count++;
        }

        internal void Merge(ReadOnlySpan<ulong> other)
        {
            Widen();
            Count = 0;
            for (var i = 0; i < ContainerWords; i++) Count += BitOperations.PopCount(words![i] |= other[i]);
        }

        internal IEnumerable<int> All()
        {
            if (this.words is not { } words)
            {
                for (var i = 0; i < Count; i++) yield return sorted[i];
                yield break;
            }
            for (var i = 0; i < ContainerWords; i++)
                for (var word = words[i]; word != 0; word &= word - 1) yield return i * 64 + BitOperations.TrailingZeroCount(word);
        }

        private void Widen()
        {
            if (this.words is not null) return;
            var words = new ulong[ContainerWords];
            for (var i = 0; i < Count; i++) words[sorted[i] >> 6] |= 1UL << (sorted[i] & 63);
            this.words = words;
            sorted = [];
        }
    }
}
