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
        var lanes = Vector128<T>.Count;
        if (Vector128.IsHardwareAccelerated && count >= 4 * lanes)
        {
            Vector128<T> lowsA = Vector128.Create(low), lowsB = lowsA;
            Vector128<T> highsA = Vector128.Create(high), highsB = highsA;
            for (; i + 2 * lanes <= count; i += 2 * lanes)
            {
                var a = Vector128.Load(values + i);
                var b = Vector128.Load(values + i + lanes);
                // Comparisons with NaN are false, so NaN is never taken.
                lowsA = Vector128.ConditionalSelect(Vector128.LessThan(a, lowsA), a, lowsA);
                lowsB = Vector128.ConditionalSelect(Vector128.LessThan(b, lowsB), b, lowsB);
                highsA = Vector128.ConditionalSelect(Vector128.GreaterThan(a, highsA), a, highsA);
                highsB = Vector128.ConditionalSelect(Vector128.GreaterThan(b, highsB), b, highsB);
                if (IsFloating) nans += 2 * lanes - BitOperations.PopCount(Numbers(a) << lanes | Numbers(b));
            }
            for (var lane = 0; lane < lanes; lane++)
            {
                Take(lowsA[lane], highsA[lane], ref low, ref high);
                Take(lowsB[lane], highsB[lane], ref low, ref high);
            }
        }
        for (; i < count; i++)
        {
            if (IsFloating && T.IsNaN(values[i])) nans++;
            else Take(values[i], values[i], ref low, ref high);
        }
        min = low;
        max = high;
    }

    /// <summary>A bit for each lane that is not NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Numbers(Vector128<T> value) => Vector128.Equals(value, value).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(T lower, T upper, ref T low, ref T high)
    {
        if (lower < low) low = lower;
        if (upper > high) high = upper;
    }
}
