using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace K2I.Parquet;

/// <summary>Turns levels into validity bitmaps and list offsets, and spreads values over the slots that have one.</summary>
internal static unsafe class AssemblyKernels
{
    /// <summary>
    /// Validity of a field: a bit for each entry that is a slot, set where the definition level reaches <paramref name="present"/>. Without
    /// <paramref name="repetitions"/> every entry is one. Returns the slots; <paramref name="bits"/> has room for <paramref name="entries"/> bits.
    /// </summary>
    internal static int Validity(byte* definitions, byte* repetitions, int entries, byte repetition, byte slot, byte present, byte* bits)
    {
        if (repetitions == null)
        {
            Validity(definitions, entries, present, bits);
            return entries;
        }
        ulong word = 0;
        var slots = 0;
        for (var i = 0; i < entries; i++)
        {
            if (repetitions[i] > repetition || definitions[i] < slot) continue;
            word |= (definitions[i] >= present ? 1UL : 0) << (slots & 63);
            if ((++slots & 63) != 0) continue;
            Unsafe.WriteUnaligned(bits + slots / 8 - 8, word);
            word = 0;
        }
        if ((slots & 63) != 0) Unsafe.WriteUnaligned(bits + slots / 64 * 8, word);
        return slots;
    }

    /// <summary>Validity and offsets of a list or map. Returns the slots; <paramref name="offsets"/> has room for one more than the entries.</summary>
    internal static int Lists(byte* definitions, byte* repetitions, int entries, byte repetition, byte slot, byte present, byte item, byte* bits, int* offsets)
    {
        ulong word = 0;
        var slots = 0;
        var items = 0;
        for (var i = 0; i < entries; i++)
        {
            int level = repetitions[i], definition = definitions[i];
            if (level <= repetition)
            {
                if (definition < slot) continue;
                offsets[slots] = items;
                word |= (definition >= present ? 1UL : 0) << (slots & 63);
                if ((++slots & 63) == 0)
                {
                    Unsafe.WriteUnaligned(bits + slots / 8 - 8, word);
                    word = 0;
                }
            }
            else if (level > repetition + 1)
            {
                continue;
            }
            if (definition < item)
            {
                Damage.Unless(level <= repetition, "a list goes on without an item");
                continue;
            }
            Damage.Unless(slots > 0, "an item belongs to no list");
            items++;
        }
        if ((slots & 63) != 0) Unsafe.WriteUnaligned(bits + slots / 64 * 8, word);
        offsets[slots] = items;
        return slots;
    }

    /// <summary>How many of the first <paramref name="count"/> bits are set.</summary>
    internal static int CountOnes(byte* bits, int count) => Bitmap.CountOnes(bits, 0, count);

    /// <summary>All ones, the bits beyond the last included.</summary>
    internal static void SetAll(byte* bits, int count) => new Span<byte>(bits, (count + 7) / 8).Fill(0xFF);

    /// <summary>Puts the next value into each slot whose bit is set; the other slots get zeros.</summary>
    internal static void Spread(byte* values, int width, byte* bits, int slots, byte* target)
    {
        switch (width)
        {
            case 4:
                Spread<int>(values, bits, slots, target);
                break;
            case 8:
                Spread<long>(values, bits, slots, target);
                break;
            case 16:
                Spread<UInt128>(values, bits, slots, target);
                break;
            default:
                for (var i = 0; i < slots; i++, target += width)
                {
                    if (!Bitmap.Bit(bits, i))
                    {
                        Unsafe.InitBlockUnaligned(target, 0, (uint)width);
                        continue;
                    }
                    Unsafe.CopyBlockUnaligned(target, values, (uint)width);
                    values += width;
                }
                break;
        }
    }

    /// <summary>Where each slot's value begins, given where each value begins; a null's range is empty.</summary>
    internal static void SpreadOffsets(int* starts, byte* bits, int slots, int* offsets)
    {
        var at = 0;
        for (var i = 0; i < slots; i++)
        {
            offsets[i] = starts[at];
            at += bits[i >> 3] >> (i & 7) & 1;
        }
        offsets[slots] = starts[at];
    }

    /// <summary>Packs booleans of a byte each into the slots' bits.</summary>
    internal static void SpreadBits(byte* values, byte* bits, int slots, byte* target)
    {
        for (var i = 0; i < slots; i += 8)
        {
            var packed = 0;
            for (var bit = 0; bit < Math.Min(8, slots - i); bit++)
                if ((bits[i >> 3] >> bit & 1) != 0) packed |= *values++ << bit;
            target[i >> 3] = (byte)packed;
        }
    }

    internal static void PackBits(byte* values, int slots, byte* target)
    {
        var i = 0;
        if (Bmi2.X64.IsSupported)
            for (; i + 8 <= slots; i += 8) target[i >> 3] = (byte)Bmi2.X64.ParallelBitExtract(Unsafe.ReadUnaligned<ulong>(values + i), 0x0101010101010101);
        for (; i < slots; i += 8)
        {
            var packed = 0;
            for (var bit = 0; bit < Math.Min(8, slots - i); bit++) packed |= values[i + bit] << bit;
            target[i >> 3] = (byte)packed;
        }
    }

    private static void Validity(byte* definitions, int entries, byte present, byte* bits)
    {
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var limit = Vector256.Create(present);
            for (; i + 32 <= entries; i += 32)
                Unsafe.WriteUnaligned(bits + i / 8, Vector256.GreaterThanOrEqual(Vector256.Load(definitions + i), limit).ExtractMostSignificantBits());
        }
        for (; i < entries; i += 8)
        {
            var packed = 0;
            for (var bit = 0; bit < Math.Min(8, entries - i); bit++) packed |= (definitions[i + bit] >= present ? 1 : 0) << bit;
            bits[i >> 3] = (byte)packed;
        }
    }

    private static void Spread<T>(byte* values, byte* bits, int slots, byte* target) where T : unmanaged
    {
        var from = values;
        var i = 0;
        for (; i + 64 <= slots; i += 64)
        {
            var word = Unsafe.ReadUnaligned<ulong>(bits + i / 8);
            var into = target + (long)i * sizeof(T);
            if (word == ulong.MaxValue)
            {
                Unsafe.CopyBlockUnaligned(into, from, (uint)(64 * sizeof(T)));
                from += 64 * sizeof(T);
                continue;
            }
            Unsafe.InitBlockUnaligned(into, 0, (uint)(64 * sizeof(T)));
            for (; word != 0; word &= word - 1, from += sizeof(T))
                Unsafe.WriteUnaligned(into + BitOperations.TrailingZeroCount(word) * sizeof(T), Unsafe.ReadUnaligned<T>(from));
        }
        for (; i < slots; i++)
        {
            var set = Bitmap.Bit(bits, i);
            Unsafe.WriteUnaligned(target + (long)i * sizeof(T), set ? Unsafe.ReadUnaligned<T>(from) : default);
            if (set) from += sizeof(T);
        }
    }
}
