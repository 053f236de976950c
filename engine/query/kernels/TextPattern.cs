using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace K2I.Query;

/// <summary>
/// Texts of one length that others equal, or begin with. The lengths of 64 texts are compared first, of which the bytes need not be looked
/// at; then, without a branch, the first eight bytes as a number; the rest only where those agree.
/// </summary>
internal sealed class TextPattern
{
    private const int HeadBytes = sizeof(ulong);

    /// <summary>So many texts are compared one by one sooner than by the heads of all 64.</summary>
    private const int Few = 2;

    private readonly byte[][] texts;
    private readonly bool isPrefix;
    private readonly int length;
    private readonly Vector128<ulong> mask, head;
    private readonly Vector128<ulong>[] otherHeads;

    /// <param name="texts">One at least, all as long.</param>
    /// <param name="isPrefix">What begins with one of them fits.</param>
    internal TextPattern(byte[][] texts, bool isPrefix)
    {
        (this.texts, this.isPrefix, length) = (texts, isPrefix, texts[0].Length);
        mask = Vector128.Create(length >= HeadBytes ? ulong.MaxValue : (1UL << (length * 8)) - 1);
        head = HeadOf(texts[0]);
        otherHeads = [.. texts.Skip(1).Select(HeadOf)];
    }

    /// <summary>Which of the first 64 texts fit, of those that are wanted.</summary>
    /// <param name="offsets">Where they begin, and where the last ends.</param>
    /// <param name="values">Their bytes.</param>
    /// <param name="wanted">A bit for each of them.</param>
    internal ulong Test(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> values, ulong wanted)
    {
        // A head is read whole, even where a text is shorter.
        if (offsets.Length <= RowBits.PerWord || offsets[RowBits.PerWord - 1] + HeadBytes > values.Length)
            return TestScalar(offsets, values) & wanted;
        ref var starts = ref MemoryMarshal.GetReference(offsets);
        wanted &= Lengths(ref starts);
        if (BitOperations.PopCount(wanted) > Few)
        {
            wanted &= Heads(ref starts, ref MemoryMarshal.GetReference(values));
            if (length <= HeadBytes) return wanted;
        }
        return Verify(wanted, offsets, values);
    }

    internal ulong TestScalar(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> values)
    {
        ulong passed = 0;
        for (var i = 0; i < Math.Min(RowBits.PerWord, offsets.Length - 1); i++)
            if (Fits(values[offsets[i]..offsets[i + 1]])) passed |= 1UL << i;
        return passed;
    }

    /// <summary>Which of 64 texts have the length: any that is not shorter will do for a prefix.</summary>
    private ulong Lengths(ref int starts)
    {
        var wanted = Vector128.Create(length);
        ulong passed = 0;
        for (var i = 0; i < RowBits.PerWord; i += Vector128<int>.Count)
        {
            var lengths = Vector128.LoadUnsafe(in starts, (nuint)i + 1) - Vector128.LoadUnsafe(in starts, (nuint)i);
            var fits = isPrefix ? Vector128.GreaterThanOrEqual(lengths, wanted) : Vector128.Equals(lengths, wanted);
            passed |= (ulong)fits.ExtractMostSignificantBits() << i;
        }
        return passed;
    }

    /// <summary>Which of 64 texts begin alike; what lies behind a shorter one is taken for its own.</summary>
    private ulong Heads(ref int starts, ref byte bytes)
    {
        var (mask, head, others) = (this.mask, this.head, otherHeads);
        ulong passed = 0;
        for (var i = 0; i < RowBits.PerWord; i += 2 * Vector128<ulong>.Count)
        {
            var (one, two) = (Begins(ref starts, ref bytes, i) & mask, Begins(ref starts, ref bytes, i + Vector128<ulong>.Count) & mask);
            var (oneFits, twoFits) = (Vector128.Equals(one, head), Vector128.Equals(two, head));
            foreach (var other in others)
            {
                oneFits |= Vector128.Equals(one, other);
                twoFits |= Vector128.Equals(two, other);
            }
            passed |= (ulong)(oneFits.ExtractMostSignificantBits() | (twoFits.ExtractMostSignificantBits() << Vector128<ulong>.Count)) << i;
        }
        return passed;
    }

    /// <summary>The first eight bytes of two texts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Begins(ref int starts, ref byte bytes, int at) => Vector128.Create(
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, Unsafe.Add(ref starts, at))),
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, Unsafe.Add(ref starts, at + 1))));

    private ulong Verify(ulong passed, ReadOnlySpan<int> offsets, ReadOnlySpan<byte> values)
    {
        for (var left = passed; left != 0; left &= left - 1)
        {
            var i = BitOperations.TrailingZeroCount(left);
            if (!Fits(values[offsets[i]..offsets[i + 1]])) passed &= ~(1UL << i);
        }
        return passed;
    }

    private bool Fits(ReadOnlySpan<byte> value)
    {
        foreach (var text in texts)
            if (isPrefix ? value.StartsWith(text) : value.SequenceEqual(text)) return true;
        return false;
    }

    private static Vector128<ulong> HeadOf(byte[] text)
    {
        Span<byte> start = stackalloc byte[HeadBytes];
        start.Clear();
        text.AsSpan(0, Math.Min(text.Length, HeadBytes)).CopyTo(start);
        return Vector128.Create(MemoryMarshal.Read<ulong>(start));
    }
}
