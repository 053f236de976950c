using System.Globalization;

namespace K2I.Iceberg;

/// <summary>Dates and times as ISO 8601 writes them, for every year a 64-bit count can name (years above 9999 or below 0 carry a sign).</summary>
internal static class IsoTime
{
    private const long MicrosPerDay = 86_400_000_000;

    public static string Date(long days)
    {
        var (year, month, day) = Civil(days);
        return string.Create(CultureInfo.InvariantCulture, $"{Year(year)}-{month:00}-{day:00}");
    }

    public static string Month(long months)
    {
        var year = 1970 + FloorDiv(months, 12);
        return string.Create(CultureInfo.InvariantCulture, $"{Year(year)}-{months - ((year - 1970) * 12) + 1:00}");
    }

    /// <summary>The year, at least four digits.</summary>
    public static string Year(long year) => year switch
    {
        < 0 => "-" + (-year).ToString("0000", CultureInfo.InvariantCulture),
        > 9999 => "+" + year.ToString(CultureInfo.InvariantCulture),
        _ => year.ToString("0000", CultureInfo.InvariantCulture),
    };

    public static string Hour(long hours)
    {
        var days = FloorDiv(hours, 24);
        return string.Create(CultureInfo.InvariantCulture, $"{Date(days)}-{hours - (days * 24):00}");
    }

    /// <summary>Java's <c>LocalTime.toString</c>: seconds and fractions (3, 6 or 9 digits) only where they are not zero.</summary>
    public static string Time(long micros) => TimeOfDay(micros, 0);

    /// <summary>Java's <c>ISO_LOCAL_DATE_TIME</c>: seconds always, fractions without zeros at the end.</summary>
    public static string Timestamp(long value, bool nanos)
    {
        var perDay = nanos ? MicrosPerDay * 1000 : MicrosPerDay;
        var days = FloorDiv(value, perDay);
        var inDay = value - (days * perDay);
        var micros = nanos ? inDay / 1000 : inDay;
        var fraction = ((micros % 1_000_000) * 1000) + (nanos ? inDay % 1000 : 0);
        var seconds = micros / 1_000_000;
        var text = string.Create(CultureInfo.InvariantCulture, $"{Date(days)}T{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}");
        return fraction == 0 ? text : $"{text}.{fraction.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0')}";
    }

    public static long FloorDiv(long value, long by)
    {
        var quotient = value / by;
        return value % by != 0 && (value < 0) != (by < 0) ? quotient - 1 : quotient;
    }

    /// <summary>Year, month, day of a day count; the proleptic Gregorian calendar.</summary>
    public static (long Year, int Month, int Day) Civil(long days)
    {
        var shifted = days + 719_468;
        var era = FloorDiv(shifted, 146_097);
        var dayOfEra = shifted - (era * 146_097);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var shiftedMonth = ((5 * dayOfYear) + 2) / 153;
        var day = (int)(dayOfYear - (((153 * shiftedMonth) + 2) / 5) + 1);
        var month = (int)(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9);
        return (yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month, day);
    }

    private static string TimeOfDay(long micros, long nanos)
    {
        var seconds = micros / 1_000_000;
        var fraction = ((micros % 1_000_000) * 1000) + nanos;
        var text = string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}");
        if (seconds % 60 == 0 && fraction == 0) return text;
        text = string.Create(CultureInfo.InvariantCulture, $"{text}:{seconds % 60:00}");
        if (fraction == 0) return text;
        var digits = fraction % 1_000_000 == 0 ? 3 : fraction % 1000 == 0 ? 6 : 9;
        return $"{text}.{fraction.ToString("000000000", CultureInfo.InvariantCulture)[..digits]}";
    }
}
