using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace K2I.Parquet;

/// <summary>Distinct byte strings in order of first appearance, in plain encoding: the bytes are the dictionary page.</summary>
/// <remarks>
/// A table slot is 0 when free, else the hash's lower 32 bits and the value's index + 1; at most half of the slots are taken. The hash's upper bits
/// say where a value's slot is.
/// <paramref name="width"/> is the values' fixed length, or 0 where each carries its own in four bytes ahead of it.
/// </remarks>
internal sealed unsafe class BytesDictionary(BufferArena arena, int width) : IDisposable
{
    private const int FirstSlots = 1024;

    /// <summary>Values looked up side by side, so that what is not in the cache is waited for once and not one by one.</summary>
    private const int Block = 64;

    /// <summary>Values up to this length are hashed and compared as one masked vector.</summary>
    private const int ShortBytes = 16;

    private readonly GrowBuffer bytes = new(arena), starts = new(arena), table = new(arena);
    private int slotBits;

    internal int Count { get; private set; }

    internal long Bytes { get; private set; }

    internal byte* Page => bytes.Pointer;

    /// <summary>Where each value lies in the page; an entry of 0 comes ahead of the first.</summary>
    private long* Starts => (long*)starts.Pointer + 1;

    /// <summary>Bytes ahead of each value.</summary>
    internal int PrefixBytes => width == 0 ? sizeof(int) : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* Value(uint index, out int length)
    {
        var at = bytes.Pointer + Starts[index];
        length = width == 0 ? Unsafe.ReadUnaligned<int>(at - sizeof(int)) : width;
        return at;
    }

    /// <summary>Gives each value's index, new ones for values not seen before.</summary>
    internal void Add(in BytesSource source, int count, uint* indices)
    {
        if (slotBits == 0) Open();
        for (var done = 0; done < count; done += Block) AddBlock(source, done, Math.Min(Block, count - done), indices + done);
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

    /// <summary>
    /// Each step goes over the whole block before the next begins: hash, table slot, place of the value found there, comparison. Values that are new,
    /// or in neither of their first two slots, are looked up on their own.
    /// </summary>
    private void AddBlock(in BytesSource source, int from, int count, uint* indices)
    {
        var places = stackalloc byte*[Block];
        var lengths = stackalloc int[Block];
        var hashes = stackalloc ulong[Block];
        var found = stackalloc ulong[Block];
        var known = stackalloc long[Block];
        for (var i = 0; i < count; i++)
        {
            var value = source.Value(from + i, width, out var length);
            places[i] = value;
            lengths[i] = length;
            hashes[i] = length <= ShortBytes ? DictionaryHash.OfShort(Short(value, length, source.Bytes + source.End), length) : DictionaryHash.OfLong(value, length);
        }
        var slots = (ulong*)table.Pointer;
        var shift = 64 - slotBits;
        var mask = (1u << slotBits) - 1;
        for (var i = 0; i < count; i++)
        {
            var at = (uint)(hashes[i] >> shift);
            var first = slots[at];
            var second = slots[at + 1 & mask];
            found[i] = (uint)hashes[i] == first >> 32 ? first : second;
        }
        // A free slot's 0 leads to the entry ahead of the first, which is there and matches nothing.
        var starts = Starts;
        for (var i = 0; i < count; i++) known[i] = starts[(long)(uint)found[i] - 1];
        for (var i = 0; i < count; i++)
        {
            var slot = found[i];
            var same = slot != 0 && (uint)hashes[i] == slot >> 32 && Same(bytes.Pointer + known[i], places[i], lengths[i], source.Bytes + source.End);
            indices[i] = same ? (uint)slot - 1 : Find(places[i], lengths[i], hashes[i], source.Bytes + source.End);
        }
    }

    private uint Find(byte* value, int length, ulong hash, byte* end)
    {
        var slots = (ulong*)table.Pointer;
        var mask = (1u << slotBits) - 1;
        for (var at = (uint)(hash >> 64 - slotBits); ; at = at + 1 & mask)
        {
            var slot = slots[at];
            if (slot == 0) return Insert(value, length, hash, at);
            if ((uint)hash == slot >> 32 && Same(bytes.Pointer + Starts[(uint)slot - 1], value, length, end)) return (uint)slot - 1;
        }
    }

    /// <summary>Equality of an entry and a value; the entry's memory has slack behind it, the value's ends at <paramref name="end"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Same(byte* entry, byte* value, int length, byte* end)
    {
        if (width == 0 && Unsafe.ReadUnaligned<int>(entry - sizeof(int)) != length) return false;
        return length <= ShortBytes
            ? (Vector128.Load(entry) & MaskOf(length)) == Short(value, length, end)
            : new ReadOnlySpan<byte>(entry, length).SequenceEqual(new(value, length));
    }

    /// <summary>A value of at most 16 bytes, zeros behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Short(byte* value, int length, byte* end) =>
        value + ShortBytes <= end ? Vector128.Load(value) & MaskOf(length) : ShortAtEnd(value, length);

    private static Vector128<byte> ShortAtEnd(byte* value, int length)
    {
        var copy = Vector128<byte>.Zero;
        Unsafe.CopyBlockUnaligned(&copy, value, (uint)length);
        return copy;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> MaskOf(int length) =>
        Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(Masks), (nuint)(ShortBytes - length));

    private static ReadOnlySpan<byte> Masks =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    private uint Insert(byte* value, int length, ulong hash, uint at)
    {
        var needed = Bytes + PrefixBytes + length;
        var target = bytes.Ensure(needed + ShortBytes, Bytes) + Bytes;
        if (width == 0) Unsafe.WriteUnaligned(target, length);
        Buffer.MemoryCopy(value, target + PrefixBytes, length, length);
        starts.Ensure((Count + 2L) * sizeof(long), (Count + 1L) * sizeof(long));
        Starts[Count] = Bytes + PrefixBytes;
        Bytes = needed;
        ((ulong*)table.Pointer)[at] = hash << 32 | (uint)++Count;
        if (Count == 1 << slotBits - 1) Rehash();
        return (uint)Count - 1;
    }

    private void Open()
    {
        slotBits = BitOperations.Log2(FirstSlots);
        table.Ensure(FirstSlots * sizeof(ulong), 0);
        new Span<ulong>(table.Pointer, FirstSlots).Clear();
        starts.Ensure(sizeof(long), 0);
        Starts[-1] = 0;
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
            var hash = length <= ShortBytes ? DictionaryHash.OfShort(Vector128.Load(value) & MaskOf(length), length) : DictionaryHash.OfLong(value, length);
            var at = (uint)(hash >> 64 - slotBits);
            while (slots[at] != 0) at = at + 1 & mask;
            slots[at] = hash << 32 | i + 1;
        }
    }
}
