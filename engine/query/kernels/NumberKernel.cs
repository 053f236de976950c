using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using K2I.Base;
using K2I.Columns;

namespace K2I.Query;

/// <summary>Compares numbers of 4 or 8 bytes with one, 64 at a time.</summary>
/// <param name="with">What they are compared with.</param>
/// <param name="isNegated">Those pass that fail the test.</param>
/// <param name="stride">2: each number has 8 bytes, the first half of its place in the column.</param>
internal sealed class NumberKernel<T, TTest>(T with, bool isNegated, int stride = 1) : ColumnKernel
    where T : unmanaged, INumber<T>
    where TTest : struct, INumberTest<T>
{
    internal override void Keep(ColumnView column, int first, Span<ulong> bits)
    {
        Check.That(column.Width == Unsafe.SizeOf<T>() * stride);
        var perWord = RowBits.PerWord * stride;
        var values = MemoryMarshal.Cast<byte, T>(column.ValueBytes)[(first * stride)..];
        var flip = isNegated ? ulong.MaxValue : 0;
        var whole = Vector128.IsHardwareAccelerated ? values.Length / perWord : 0;
        ref var start = ref MemoryMarshal.GetReference(values);
        for (var i = 0; i < bits.Length; i++)
        {
            if (bits[i] == 0) continue;
            ref var at = ref Unsafe.Add(ref start, i * perWord);
            var passed = i >= whole ? TestScalar(values[(i * perWord)..]) : stride == 1 ? Test(ref at) : TestHalves(ref at);
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

    /// <summary>Of 64 values of 8 bytes in places of 16.</summary>
    private ulong TestHalves(ref readonly T values)
    {
        var all = Vector128.Create(with);
        ulong passed = 0;
        for (var i = 0; i < RowBits.PerWord; i += Vector128<ulong>.Count)
        {
            var two = Vector128.Create(At(in values, i), At(in values, i + 1)).As<ulong, T>();
            passed |= (ulong)TTest.Passes(two, all).ExtractMostSignificantBits() << i;
        }
        return passed;

        static ulong At(ref readonly T values, int row) => Unsafe.As<T, ulong>(ref Unsafe.Add(ref Unsafe.AsRef(in values), row * 2));
    }

    /// <summary>Of the first 64 values, or of as many as there are.</summary>
    internal ulong TestScalar(ReadOnlySpan<T> values)
    {
        ulong passed = 0;
        for (var i = 0; i < Math.Min(values.Length / stride, RowBits.PerWord); i++)
            if (TTest.Passes(values[i * stride], with)) passed |= 1UL << i;
        return passed;
    }
}
