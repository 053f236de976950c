using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace K2I.Decode;

/// <summary>
/// Dates and times as RFC 3339 writes them. Readers take the first byte of the text and return the first byte after what they understood, or null.
/// 64 readable bytes must follow the text, of which the first is no part of it.
/// </summary>
internal static unsafe class DateTimeText
{
    internal const int NoZone = int.MinValue;

    /// <summary>The last minute read: texts of one column mostly share it, and then only seconds are left to read.</summary>
    internal struct Memory
    {
        internal Vector128<byte> Minute;
        internal long Seconds;
    }

    /// <summary><c>yyyy-MM-dd</c>, years 0001 to 9999, as days since 1970-01-01.</summary>
    internal static byte* Date(byte* p, out int days)
    {
        days = 0;
        var year = (Two(p) * 100) + Two(p + 2);
        if (year < 1 || Two(p) < 0 || Two(p + 2) < 0 || p[4] != '-' || p[7] != '-') return null;
        var month = Two(p + 5);
        var day = Two(p + 8);
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return null;
        days = Days(year, month, day);
        return p + 10;
    }

    /// <summary><c>HH:mm[:ss[.fraction]]</c>, up to nine digits after the point, as nanoseconds since midnight.</summary>
    internal static byte* Time(byte* p, out long nanos)
    {
        nanos = 0;
        var hour = Two(p);
        if (hour is < 0 or > 23 || p[2] != ':') return null;
        var minute = Two(p + 3);
        if (minute is < 0 or > 59) return null;
        p = SecondsOf(p + 5, out var second, out var fraction);
        nanos = (((hour * 60L) + minute) * 60 + second) * 1_000_000_000 + fraction;
        return p;
    }

    /// <summary>
    /// A date, <c>T</c> or a space, a time, and an optional zone, as seconds since 1970-01-01T00:00:00 in that zone and nanoseconds after.
    /// <paramref name="zone"/> is the zone's offset in seconds, or <see cref="NoZone"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* Timestamp(byte* p, ref Memory memory, out long seconds, out int nanos, out int zone)
    {
        if (Vector128.Load(p) == memory.Minute)
        {
            seconds = memory.Seconds;
            p += 16;
        }
        else
        {
            p = Minute(p, ref memory, out seconds);
            if (p == null)
            {
                nanos = zone = 0;
                return null;
            }
        }
        p = SecondsOf(p, out var second, out nanos);
        seconds += second;
        zone = 0;
        if (p == null) return null;
        return *p is (byte)'Z' or (byte)'z' ? p + 1 : Zone(p, out zone);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* Minute(byte* p, ref Memory memory, out long seconds)
    {
        seconds = 0;
        var time = Date(p, out var days);
        if (time == null || *time is not (byte)'T' and not (byte)'t' and not (byte)' ') return null;
        var hour = Two(p + 11);
        var minute = Two(p + 14);
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || p[13] != ':') return null;
        seconds = ((days * 24L) + hour) * 3600 + (minute * 60);
        memory.Minute = Vector128.Load(p);
        memory.Seconds = seconds;
        return p + 16;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* SecondsOf(byte* p, out int second, out int nanos)
    {
        second = nanos = 0;
        if (*p != ':') return p;
        second = Two(p + 1);
        if ((uint)second > 59) return null;
        return p[3] == '.' ? Fraction(p + 4, out nanos) : p + 3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Fraction(byte* p, out int nanos)
    {
        var chunk = Unsafe.ReadUnaligned<ulong>(p);
        var count = Digits.Count(chunk);
        nanos = 0;
        if (count == 0) return null;
        var value = (uint)Digits.Value(chunk, count);
        if (count == 8 && Digits.Is(p[8]))
        {
            if (Digits.Is(p[9])) return null;
            nanos = (int)((value * 10) + (uint)(p[8] - '0'));
            return p + 9;
        }
        nanos = (int)(value * (uint)Digits.Power(9 - count));
        return p + count;
    }

    /// <summary><c>+hh:mm</c>, <c>+hhmm</c> or <c>+hh</c>; anything else is no zone.</summary>
    private static byte* Zone(byte* p, out int zone)
    {
        zone = NoZone;
        if (*p is not (byte)'+' and not (byte)'-') return p;
        var hour = Two(p + 1);
        if (hour is < 0 or > 23) return null;
        var end = p + 3;
        var minute = 0;
        if (*end == ':' || Digits.Is(*end))
        {
            if (*end == ':') end++;
            minute = Two(end);
            if (minute is < 0 or > 59) return null;
            end += 2;
        }
        zone = ((hour * 60) + minute) * (*p == '-' ? -60 : 60);
        return end;
    }

    /// <summary>Two digits; negative where they are not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Two(byte* p)
    {
        uint tens = (uint)(p[0] - '0'), ones = (uint)(p[1] - '0');
        return tens > 9 || ones > 9 ? -1000 : (int)((tens * 10) + ones);
    }

    /// <summary>Days since 1970-01-01 of a date in the proleptic Gregorian calendar; years counted from March, so that leap days come last.</summary>
    private static int Days(int year, int month, int day)
    {
        if (month <= 2) year--;
        var century = year / 100;
        var dayOfYear = (((month > 2 ? month - 3 : month + 9) * 153) + 2) / 5 + day - 1;
        return (year * 365) + (year / 4) - century + (century / 4) + dayOfYear - 719468;
    }
}
