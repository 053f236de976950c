using System.Numerics;
using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>Distinct byte strings in order of first appearance, in plain encoding: the bytes are the dictionary page.</summary>
/// <remarks>
/// A table slot is 0 when free, else the hash's upper 32 bits and the value's index + 1; at most half of the slots are taken.
/// <paramref name="width"/> is the values' fixed length, or 0 where each carries its own in four bytes ahead of it.
/// </remarks>
internal sealed unsafe class BytesDictionary(BufferArena arena, int width) : IDisposable
{
    private const int FirstSlots = 1024;

    private readonly GrowBuffer bytes = new(arena), starts = new(arena), table = new(arena);
    private int slotBits;

    internal int Count { get; private set; }

    internal long Bytes { get; private set; }

    internal byte* Page => bytes.Pointer;

    /// <summary>Bytes ahead of each value.</summary>
    internal int PrefixBytes => width == 0 ? sizeof(int) : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* Value(uint index, out int length)
    {
        var at = bytes.Pointer + ((long*)starts.Pointer)[index];
        length = width == 0 ? Unsafe.ReadUnaligned<int>(at - sizeof(int)) : width;
        return at;
    }

    internal uint Add(byte* value, int length)
    {
        var hash = DictionaryHash.OfBytes(value, length);
        if (slotBits == 0) Open();
        var slots = (ulong*)table.Pointer;
        var mask = (1u << slotBits) - 1;
        var tag = hash >> 32 << 32;
        for (var at = (uint)hash & mask; ; at = at + 1 & mask)
        {
            var slot = slots[at];
            if (slot == 0) return Insert(value, length, tag, at);
            if ((slot ^ tag) >> 32 != 0) continue;
            var known = Value((uint)slot - 1, out var knownLength);
            if (knownLength == length && Same(known, value, length)) return (uint)slot - 1;
        }
    }

    internal void Clear(bool release)
    {
        Count = 0;
        Bytes = 0;
        slotBits = 0;
        if (!release) return;
        bytes.Release();
        starts.Release();
        table.Release();
    }

    public void Dispose() => Clear(release: true);

    /// <summary>Equality by two overlapping words where they cover the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Same(byte* a, byte* b, int length)
    {
        if (length is < 4 or > 16) return new ReadOnlySpan<byte>(a, length).SequenceEqual(new(b, length));
        return length >= 8
            ? ((Load8(a) ^ Load8(b)) | (Load8(a + length - 8) ^ Load8(b + length - 8))) == 0
            : ((Load4(a) ^ Load4(b)) | (Load4(a + length - 4) ^ Load4(b + length - 4))) == 0;
    }

    private static ulong Load8(byte* at) => Unsafe.ReadUnaligned<ulong>(at);

    private static uint Load4(byte* at) => Unsafe.ReadUnaligned<uint>(at);

    private uint Insert(byte* value, int length, ulong tag, uint at)
    {
        var needed = Bytes + PrefixBytes + length;
        var target = bytes.Ensure(needed + 8, Bytes) + Bytes;
        if (width == 0) Unsafe.WriteUnaligned(target, length);
        Buffer.MemoryCopy(value, target + PrefixBytes, length, length);
        ((long*)starts.Ensure((Count + 1L) * sizeof(long), (long)Count * sizeof(long)))[Count] = Bytes + PrefixBytes;
        Bytes = needed;
        ((ulong*)table.Pointer)[at] = tag | (uint)++Count;
        if (Count == 1 << slotBits - 1) Rehash();
        return (uint)Count - 1;
    }

    private void Open()
    {
        slotBits = BitOperations.Log2(FirstSlots);
        table.Ensure(FirstSlots * sizeof(ulong), 0);
        new Span<ulong>(table.Pointer, FirstSlots).Clear();
    }

    private void Rehash()
    {
        slotBits++;
        var slots = (ulong*)table.Ensure((long)sizeof(ulong) << slotBits, 0);
        new Span<ulong>(slots, 1 << slotBits).Clear();
        var mask = (1u << slotBits) - 1;
        for (uint i = 0; i < Count; i++)
        {
            var value = Value(i, out var length);
            var hash = DictionaryHash.OfBytes(value, length);
            var at = (uint)hash & mask;
            while (slots[at] != 0) at = at + 1 & mask;
            slots[at] = hash >> 32 << 32 | i + 1;
        }
    }
}
