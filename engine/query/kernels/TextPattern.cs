using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace K2I.Query;

/// <summary>
/// A text that others equal, or begin with. Length and the first eight bytes, as a number, are compared without a branch, 64 texts at a
/// time; the rest only where those agree.
/// </summary>
internal sealed class TextPattern
{
    private const int HeadBytes = sizeof(ulong);

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

    /// <summary>Which of the first 64 texts fit.</summary>
    /// <param name="offsets">Where they begin, and where the last ends.</param>
    /// <param name="values">Their bytes.</param>
    internal ulong Test(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> values)
    {
        var count = Math.Min(RowBits.PerWord, offsets.Length - 1);
        if (count == 0 || offsets[count - 1] + HeadBytes > values.Length) return TestScalar(offsets, values);
        ref var bytes = ref MemoryMarshal.GetReference(values);
        ref var starts = ref MemoryMarshal.GetReference(offsets);
        ulong passed = 0;
        for (var i = 0; i < count; i++)
        {
            var start = Unsafe.Add(ref starts, i);
            var surplus = Unsafe.Add(ref starts, i + 1) - start - text.Length;
            // Zero where the length is right: any that is not shorter will do for a prefix.
            var length = isPrefix ? surplus >> 31 : surplus;
            var differs = ((Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, start)) & mask) ^ head) | (uint)length;
            passed |= (differs == 0 ? 1UL : 0UL) << i;
        }
        return text.Length <= HeadBytes ? passed : Verify(passed, offsets, values);
    }

    internal ulong TestScalar(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> values)
    {
        ulong passed = 0;
        for (var i = 0; i < Math.Min(RowBits.PerWord, offsets.Length - 1); i++)
            if (Fits(values[offsets[i]..offsets[i + 1]])) passed |= 1UL << i;
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
