using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace K2I.Parquet;

/// <summary>Least and greatest of many numbers, NaN left out and counted.</summary>
internal static unsafe class MinMax<T> where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>What <c>min</c> starts as: greater than or equal to every value.</summary>
    internal static T Highest => typeof(T) == typeof(float) ? (T)(object)float.PositiveInfinity
        : typeof(T) == typeof(double) ? (T)(object)double.PositiveInfinity
        : T.MaxValue;

    /// <summary>What <c>max</c> starts as.</summary>
    internal static T Lowest => typeof(T) == typeof(float) ? (T)(object)float.NegativeInfinity
        : typeof(T) == typeof(double) ? (T)(object)double.NegativeInfinity
        : T.MinValue;

    private static bool IsFloating => typeof(T) == typeof(float) || typeof(T) == typeof(double);

    internal static void Update(T* values, int count, ref T min, ref T max, ref long nans)
    {
        var low = min;
        var high = max;
        var i = 0;
        if (Vector256.IsHardwareAccelerated && count >= 2 * Vector256<T>.Count)
        {
            var lows = Vector256.Create(low);
            var highs = Vector256.Create(high);
            for (; i + Vector256<T>.Count <= count; i += Vector256<T>.Count)
            {
                var next = Vector256.Load(values + i);
                // Comparisons with NaN are false, so NaN is never taken.
                lows = Vector256.ConditionalSelect(Vector256.LessThan(next, lows), next, lows);
                highs = Vector256.ConditionalSelect(Vector256.GreaterThan(next, highs), next, highs);
                if (IsFloating) nans += BitOperations.PopCount(~Vector256.Equals(next, next).ExtractMostSignificantBits() & (1u << Vector256<T>.Count) - 1);
            }
            for (var lane = 0; lane < Vector256<T>.Count; lane++) Take(lows[lane], highs[lane], ref low, ref high);
        }
        for (; i < count; i++)
        {
            if (IsFloating && T.IsNaN(values[i])) nans++;
            else Take(values[i], values[i], ref low, ref high);
        }
        min = low;
        max = high;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(T lower, T upper, ref T low, ref T high)
    {
        if (lower < low) low = lower;
        if (upper > high) high = upper;
    }
}
