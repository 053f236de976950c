using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace K2I.Query;

/// <summary>The comparisons of numbers. What is left, a filter has as the negation of one of these.</summary>
internal static class NumberTests
{
    /// <summary>The zeros are equal, NaN equals nothing.</summary>
    internal readonly struct Equal<T> : INumberTest<T> where T : unmanaged, INumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Passes(T value, T with) => value == with;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<T> Passes(Vector128<T> values, Vector128<T> with) => Vector128.Equals(values, with);
    }

    internal readonly struct Less<T> : INumberTest<T> where T : unmanaged, INumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Passes(T value, T with) => value < with;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<T> Passes(Vector128<T> values, Vector128<T> with) => Vector128.LessThan(values, with);
    }

    internal readonly struct LessOrEqual<T> : INumberTest<T> where T : unmanaged, INumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Passes(T value, T with) => value <= with;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<T> Passes(Vector128<T> values, Vector128<T> with) => Vector128.LessThanOrEqual(values, with);
    }

    internal readonly struct Greater<T> : INumberTest<T> where T : unmanaged, INumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Passes(T value, T with) => value > with;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<T> Passes(Vector128<T> values, Vector128<T> with) => Vector128.GreaterThan(values, with);
    }

    internal readonly struct GreaterOrEqual<T> : INumberTest<T> where T : unmanaged, INumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Passes(T value, T with) => value >= with;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<T> Passes(Vector128<T> values, Vector128<T> with) => Vector128.GreaterThanOrEqual(values, with);
    }

    /// <summary>A number that does not equal itself: NaN. What it is compared with is not looked at.</summary>
    internal readonly struct NaN<T> : INumberTest<T> where T : unmanaged, INumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Passes(T value, T with) => T.IsNaN(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<T> Passes(Vector128<T> values, Vector128<T> with) => ~Vector128.Equals(values, values);
    }
}
