using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using K2I.Columns;

namespace K2I.Query;

/// <summary>Compares numbers of 4 or 8 bytes with one, 64 at a time.</summary>
internal sealed class NumberKernel<T, TTest>(T with, bool isNegated) : ColumnKernel
    where T : unmanaged, INumber<T>
    where TTest : struct, INumberTest<T>
{
    internal override void Keep(ColumnView column, int first, Span<ulong> bits)
    {
        var values = column.Values<T>()[first..];
        var flip = isNegated ? ulong.MaxValue : 0;
        var whole = values.Length / RowBits.PerWord;
        ref var at = ref MemoryMarshal.GetReference(values);
        for (var i = 0; i < bits.Length; i++)
        {
            if (bits[i] == 0) continue;
            var passed = i < whole && Vector128.IsHardwareAccelerated
                ? Test(ref Unsafe.Add(ref at, i * RowBits.PerWord))
                : TestScalar(values[(i * RowBits.PerWord)..]);
            bits[i] &= passed ^ flip;
        }
    }

    /// <summary>Of 64 values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong Test(ref readonly T values)
    {
        var all = Vector128.Create(with);
        ulong passed = 0;
        for (var i = 0; i < RowBits.PerWord; i += Vector128<T>.Count)
        {
            var some = Vector128.LoadUnsafe(in values, (nuint)i);
            passed |= (ulong)TTest.Passes(some, all).ExtractMostSignificantBits() << i;
        }
        return passed;
    }

    /// <summary>Of the first 64 values, or of as many as there are.</summary>
    internal ulong TestScalar(ReadOnlySpan<T> values)
    {
        ulong passed = 0;
        for (var i = 0; i < Math.Min(values.Length, RowBits.PerWord); i++)
            if (TTest.Passes(values[i], with)) passed |= 1UL << i;
        return passed;
    }
}
