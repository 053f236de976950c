using System.Text;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>The transforms themselves, on plain values (table spec, "Partition Transforms" and appendix B). Null stays null and never comes here.</summary>
public static class TransformFunctions
{
    private const long MicrosPerHour = 3_600_000_000, MicrosPerDay = 24 * MicrosPerHour;

    /// <summary>Transforms one <see cref="SingleValue"/> of type <paramref name="source"/>; null in, null out.</summary>
    public static byte[]? Apply(Transform transform, PrimitiveType source, byte[]? value)
    {
        if (value is null || transform.Kind == TransformKind.Void) return null;
        if (!transform.Accepts(source) || transform.Kind == TransformKind.Unknown) throw new EngineException(ErrorKind.Invalid, $"transform {transform} cannot be applied to {source}");
        if (transform.Kind == TransformKind.Identity) return PartitionTuple.Canonical(source, value);
        switch (source.Kind)
        {
            case TypeKind.String:
                return transform.Kind == TransformKind.Bucket ? SingleValue.OfInt(Bucket(Murmur3.Hash(value), transform.Parameter)) : Prefix(value, transform.Parameter).ToArray();
            case TypeKind.Binary or TypeKind.Fixed or TypeKind.Uuid:
                return transform.Kind == TransformKind.Bucket ? SingleValue.OfInt(Bucket(Murmur3.Hash(value), transform.Parameter)) : value.AsSpan(0, Math.Min(transform.Parameter, value.Length)).ToArray();
            case TypeKind.Decimal:
                var unscaled = SingleValue.ToDecimal(value);
                return transform.Kind == TransformKind.Bucket
                    ? SingleValue.OfInt(Bucket(Murmur3.Hash(SingleValue.OfDecimal(unscaled)), transform.Parameter))
                    : SingleValue.OfDecimal(Truncate(unscaled, transform.Parameter));
            default:
                var result = OfLong(transform, source.Kind, SingleValue.ToLong(value));
                return transform.Kind == TransformKind.Truncate && source.Kind == TypeKind.Long ? SingleValue.OfLong(result) : SingleValue.OfInt((int)result);
        }
    }

    /// <summary>Transforms a value held as a 64-bit integer (int, long, dates, times).</summary>
    public static long OfLong(Transform transform, TypeKind source, long value)
    {
        var nanos = source is TypeKind.TimestampNs or TypeKind.TimestampTzNs;
        switch (transform.Kind)
        {
            case TransformKind.Identity:
                return value;
            case TransformKind.Bucket:
                return Bucket(Murmur3.Hash(nanos ? IsoTime.FloorDiv(value, 1000) : value), transform.Parameter);
            case TransformKind.Truncate:
                var width = transform.Parameter;
                var cut = unchecked(value - ((((value % width) + width) % width)));
                return source == TypeKind.Int ? unchecked((int)cut) : cut;
        }
        var micros = nanos ? IsoTime.FloorDiv(value, 1000) : value;
        if (transform.Kind == TransformKind.Hour) return IsoTime.FloorDiv(micros, MicrosPerHour);
        var days = source == TypeKind.Date ? value : IsoTime.FloorDiv(micros, MicrosPerDay);
        if (transform.Kind == TransformKind.Day) return days;
        var (year, month, _) = IsoTime.Civil(days);
        return transform.Kind == TransformKind.Year ? year - 1970 : ((year - 1970) * 12) + month - 1;
    }

    /// <summary>The multiple of <paramref name="width"/> (in unscaled units) at or below a decimal.</summary>
    public static Int128 Truncate(Int128 unscaled, int width) => unscaled - (((unscaled % width) + width) % width);

    public static int Bucket(int hash, int buckets) => (hash & int.MaxValue) % buckets;

    /// <summary>The first <paramref name="codePoints"/> code points of UTF-8 text.</summary>
    public static ReadOnlySpan<byte> Prefix(ReadOnlySpan<byte> utf8, int codePoints)
    {
        if (utf8.Length <= codePoints) return utf8;
        var at = 0;
        for (var count = 0; count < codePoints && at < utf8.Length; count++)
        {
            _ = Rune.DecodeFromUtf8(utf8[at..], out _, out var taken);
            at += taken;
        }
        return utf8[..at];
    }
}
