using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace K2I.Query;

/// <summary>
/// A text that others equal, or begin with. The lengths of 64 texts are compared first, of which the bytes need not be looked at; then,
/// without a branch, the first eight bytes as a number; the rest only where those agree.
/// </summary>
internal sealed class TextPattern
{
    private const int HeadBytes = sizeof(ulong);

    /// <summary>So many texts are compared one by one sooner than by the heads of all 64.</summary>
    private const int Few = 2;

    private readonly byte[] text;
    private readonly bool isPrefix;
    private readonly ulong mask, head;

    internal TextPattern(byte[] text, bool isPrefix)
    {
        (this.text, this.isPrefix) = (text, isPrefix);
        mask = text.Length >= HeadBytes ? ulong.MaxValue : (1UL << (text.Length * 8)) - 1;
        Span<byte> start = stackalloc byte[HeadBytes];
        start.Clear();
        text.AsSpan(0, Math.Min(text.Length, HeadBytes)).CopyTo(start);
        head = MemoryMarshal.Read<ulong>(start);
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
            if (text.Length <= HeadBytes) return wanted;
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
        var wanted = Vector128.Create(text.Length);
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
        var (masks, heads) = (Vector128.Create(mask), Vector128.Create(head));
        ulong passed = 0;
        for (var i = 0; i < RowBits.PerWord; i += Vector128<ulong>.Count)
        {
            var first = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, Unsafe.Add(ref starts, i)));
            var second = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, Unsafe.Add(ref starts, i + 1)));
            passed |= (ulong)Vector128.Equals(Vector128.Create(first, second) & masks, heads).ExtractMostSignificantBits() << i;
        }
        return passed;
    }

    private ulong Verify(ulong passed, ReadOnlySpan<int> offsets, ReadOnlySpan<byte> values)
    {
        for (var left = passed; left != 0; left &= left - 1)
        {
            var i = BitOperations.TrailingZeroCount(left);
            if (!Fits(values[offsets[i]..offsets[i + 1]])) passed &= ~(1UL << i);
        }
        return passed;
    }

    private bool Fits(ReadOnlySpan<byte> value) => isPrefix ? value.StartsWith(text) : value.SequenceEqual(text);
}
