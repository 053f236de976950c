using System.Numerics;
using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>
/// Distinct 4- or 8-byte values in order of first appearance, found by open addressing over their bits. The values are the dictionary page.
/// </summary>
/// <remarks>A table slot is 0 when free, else the value's index + 1; at most half of the slots are taken.</remarks>
internal sealed unsafe class FixedDictionary<T>(BufferArena arena) : IDisposable where T : unmanaged
{
    private const int FirstSlots = 1024;

    private readonly GrowBuffer values = new(arena), table = new(arena);
    private int slotBits;

    internal int Count { get; private set; }

    internal long Bytes => (long)Count * sizeof(T);

    internal T* Values => (T*)values.Pointer;

    internal void Add(T* source, int count, uint* indices)
    {
        if (slotBits == 0) Open();
        var entries = (T*)values.Ensure(((long)Count + count) * sizeof(T), Bytes);
        var slots = (uint*)table.Pointer;
        var shift = 64 - slotBits;
        var mask = (1u << slotBits) - 1;
        var room = (1 << slotBits - 1) - Count;
        for (var i = 0; i < count; i++)
        {
            var bits = Bits(source[i]);
            var at = (uint)(DictionaryHash.OfBits(bits) >> shift);
            uint slot;
            while ((slot = slots[at]) != 0 && Bits(entries[slot - 1]) != bits) at = at + 1 & mask;
            if (slot == 0)
            {
                entries[Count] = source[i];
                slots[at] = slot = (uint)++Count;
                if (--room == 0)
                {
                    Rehash();
                    slots = (uint*)table.Pointer;
                    shift = 64 - slotBits;
                    mask = (1u << slotBits) - 1;
                    room = (1 << slotBits - 1) - Count;
                }
            }
            indices[i] = slot - 1;
        }
    }

    internal void Clear(bool release)
    {
        Count = 0;
        slotBits = 0;
        if (!release) return;
        values.Release();
        table.Release();
    }

    public void Dispose() => Clear(release: true);

    private void Open()
    {
        slotBits = BitOperations.Log2(FirstSlots);
        table.Ensure(FirstSlots * sizeof(uint), 0);
        new Span<uint>(table.Pointer, FirstSlots).Clear();
    }

    private void Rehash()
    {
        slotBits++;
        var slots = (uint*)table.Ensure((long)sizeof(uint) << slotBits, 0);
        new Span<uint>(slots, 1 << slotBits).Clear();
        var mask = (1u << slotBits) - 1;
        for (var i = 0; i < Count; i++)
        {
            var at = (uint)(DictionaryHash.OfBits(Bits(Values[i])) >> 64 - slotBits);
            while (slots[at] != 0) at = at + 1 & mask;
            slots[at] = (uint)i + 1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(T value) => sizeof(T) == 4 ? Unsafe.BitCast<T, uint>(value) : Unsafe.BitCast<T, ulong>(value);
}
