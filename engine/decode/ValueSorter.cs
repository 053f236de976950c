using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Json;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Tells sorts of values apart, and which type takes all that were seen without losing a digit; the table is in the module's README. A control
/// path.
/// </summary>
internal static class ValueSorter
{
    private const ValueSorts AnyText = ValueSorts.Date | ValueSorts.LocalTime | ValueSorts.ZonedTime | ValueSorts.Text;

    /// <summary>A column that is to be a time takes numbers too: they are instants.</summary>
    private const ValueSorts Instants = ValueSorts.ZonedTime | ValueSorts.Whole | ValueSorts.LargeWhole | ValueSorts.Real;

    private const long LastExactInDouble = 1L << 53;

    /// <summary>Numbers with more significant digits are not told apart by doubles.</summary>
    private const int DigitsOfDouble = 17;

    private const int LongestTime = 64;

    /// <summary>The type for values of these sorts; null where that is string although not all of them are plain strings.</summary>
    internal static PrimitiveType? TypeOf(ValueSorts seen, bool isTime)
    {
        if (isTime)
        {
            if (seen == ValueSorts.Date) return PrimitiveType.Date;
            if (seen == ValueSorts.LocalTime) return PrimitiveType.Timestamp;
            return Only(Instants) ? PrimitiveType.TimestampTz : null;
        }
        if (Only(AnyText)) return PrimitiveType.String;
        if (Only(ValueSorts.Boolean)) return PrimitiveType.Boolean;
        if (Only(ValueSorts.Whole | ValueSorts.LargeWhole)) return PrimitiveType.Long;
        if (Only(ValueSorts.Whole | ValueSorts.LargeWhole | ValueSorts.HugeWhole)) return PrimitiveType.Decimal(PrimitiveType.MaxPrecision, 0);
        return Only(ValueSorts.Whole | ValueSorts.Real) ? PrimitiveType.Double : null;

        bool Only(ValueSorts some) => (seen & ~some) == 0;
    }

    /// <summary>The sort of the number that the reader stands on.</summary>
    internal static ValueSorts OfNumber(ref Utf8JsonReader reader)
    {
        var number = reader.ValueSpan;
        if (number.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0)
            return DoubleKeeps(number) ? ValueSorts.Real : ValueSorts.OtherNumber;
        if (long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return whole is >= -LastExactInDouble and <= LastExactInDouble ? ValueSorts.Whole : ValueSorts.LargeWhole;
        return number.Length - (number[0] == '-' ? 1 : 0) <= PrimitiveType.MaxPrecision ? ValueSorts.HugeWhole : ValueSorts.OtherNumber;
    }

    /// <summary>The sort of the string that the reader stands on.</summary>
    internal static unsafe ValueSorts OfText(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > LongestTime) return ValueSorts.Text;
        var text = new byte[LongestTime * 2];
        if (!TryCopy(ref reader, text, out var length)) return ValueSorts.Text;
        fixed (byte* first = text)
        {
            if (DateTimeText.Date(first, out _) == first + length) return ValueSorts.Date;
            DateTimeText.Memory memory = new() { Minute = Vector128<byte>.AllBitsSet };
            var end = DateTimeText.Timestamp(first, ref memory, out var seconds, out _, out var zone);
            if (end != first + length) return ValueSorts.Text;
            if (zone == DateTimeText.NoZone) return ValueSorts.LocalTime;
            return TimeRange.Has((seconds - zone) * 1_000_000) ? ValueSorts.ZonedTime : ValueSorts.Text;
        }
    }

    /// <summary>False where escapes stand for half a character.</summary>
    private static bool TryCopy(ref Utf8JsonReader reader, byte[] target, out int length)
    {
        length = 0;
        try
        {
            length = reader.CopyString(target);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool DoubleKeeps(ReadOnlySpan<byte> number)
    {
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            return false;
        if (value == 0)
        {
            var mark = number.IndexOfAny("eE"u8);
            return (mark < 0 ? number : number[..mark]).IndexOfAnyInRange((byte)'1', (byte)'9') < 0;
        }
        var exact = Exact(Encoding.ASCII.GetString(number));
        var digits = exact.Digits.Length;
        return digits <= DigitsOfDouble && exact == Exact(value.ToString("E" + (digits - 1), CultureInfo.InvariantCulture));
    }

    /// <summary>A number's digits without zeros at either end, and the power of ten that they are to be multiplied by.</summary>
    private static (string Digits, long Power) Exact(string number)
    {
        var mark = number.IndexOfAny(['e', 'E']);
        var power = mark < 0 ? 0 : long.Parse(number.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = (mark < 0 ? number : number[..mark]).TrimStart('-');
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            power -= digits.Length - point - 1;
            digits = digits.Remove(point, 1);
        }
        var kept = digits.TrimEnd('0');
        power += digits.Length - kept.Length;
        kept = kept.TrimStart('0');
        return kept.Length == 0 ? ("", 0) : (kept, power);
    }
}
