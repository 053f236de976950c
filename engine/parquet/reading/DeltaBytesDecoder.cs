using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>Decodes DELTA_BYTE_ARRAY: each value is a prefix of the one before and a suffix of its own. Source: Encodings.md of parquet-format.</summary>
internal unsafe struct DeltaBytesDecoder
{
    private DeltaDecoder prefixes;
    private DeltaDecoder suffixes;
    private byte* at;
    private byte* end;
    private long length;

    internal void Start(byte* start, byte* limit)
    {
        this = default;
        if (start == limit) return;
        prefixes.Start(start, limit);
        var after = DeltaDecoder.EndOf(prefixes);
        suffixes.Start(after, limit);
        at = DeltaDecoder.EndOf(suffixes);
        end = limit;
    }

    /// <summary>Makes the next value in <paramref name="value"/>, which holds the last one, and returns its length.</summary>
    internal int Next(ReadBuffer value)
    {
        int prefix, suffix;
        prefixes.Read(&prefix, 1);
        suffixes.Read(&suffix, 1);
        Damage.Unless(prefix >= 0 && prefix <= length && suffix >= 0 && suffix <= end - at && (long)prefix + suffix <= int.MaxValue - ReadBuffer.Slack, "a value's prefix or suffix is damaged");
        var into = value.Ensure((long)prefix + suffix, length);
        Unsafe.CopyBlockUnaligned(into + prefix, at, (uint)suffix);
        at += suffix;
        length = prefix + suffix;
        return (int)length;
    }
}
