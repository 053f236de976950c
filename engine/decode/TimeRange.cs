using System.Runtime.CompilerServices;

namespace K2I.Decode;

/// <summary>
/// The dates and times that a column may hold, years 0001 to 9999: what lies beyond can be written, but most readers of the table
/// fail on it. Columns of nanoseconds are bounded by their 64 bits, 1677 to 2262.
/// </summary>
public static class TimeRange
{
    /// <summary>Days since 1970-01-01.</summary>
    public const int FirstDay = -719_162, LastDay = 2_932_896;

    /// <summary>Microseconds since 1970-01-01T00:00:00.</summary>
    public const long FirstMicro = FirstDay * MicrosPerDay, LastMicro = ((LastDay + 1) * MicrosPerDay) - 1;

    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>True for microseconds since 1970 that lie in the range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Has(long micros) => (ulong)(micros - FirstMicro) <= (ulong)(LastMicro - FirstMicro);

    /// <summary>The same of milliseconds.</summary>
    public static bool HasMs(long ms) => ms >= FirstMicro / 1000 && ms <= LastMicro / 1000;
}
