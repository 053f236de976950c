using System.Numerics;
using System.Runtime.Intrinsics;

namespace K2I.Query;

/// <summary>How two numbers are compared, one pair or a vector of pairs at a time: both ways alike, NaN included.</summary>
internal interface INumberTest<T> where T : unmanaged, INumber<T>
{
    static abstract bool Passes(T value, T with);

    static abstract Vector128<T> Passes(Vector128<T> values, Vector128<T> with);
}
