using System.Text;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Cuts bounds so that they stay bounds: a prefix is below its value; above it is a prefix whose last element is one higher.</summary>
public static class Bounds
{
    private const int LastCodePoint = 0x10FFFF, FirstSurrogate = 0xD800, AfterSurrogates = 0xE000;

    /// <summary>A value not above <paramref name="value"/>, of <paramref name="length"/> code points or bytes at most. Other types than string and bytes stay whole.</summary>
    public static byte[] Lower(DataType type, byte[] value, int length) => type.Kind switch
    {
        TypeKind.String => TransformFunctions.Prefix(value, length) is var prefix && prefix.Length == value.Length ? value : prefix.ToArray(),
        TypeKind.Binary or TypeKind.Fixed when value.Length > length => value[..length],
        _ => value,
    };

    /// <summary>A value not below <paramref name="value"/>; null if there is none of that length.</summary>
    public static byte[]? Upper(DataType type, byte[] value, int length) => type.Kind switch
    {
        TypeKind.String => TransformFunctions.Prefix(value, length) is var prefix && prefix.Length == value.Length ? value : NextText(prefix),
        TypeKind.Binary or TypeKind.Fixed when value.Length > length => NextBytes(value[..length]),
        _ => value,
    };

    private static byte[]? NextText(ReadOnlySpan<byte> prefix)
    {
        var rest = prefix;
        while (!rest.IsEmpty)
        {
            _ = Rune.DecodeLastFromUtf8(rest, out var last, out var taken);
            rest = rest[..^taken];
            if (last.Value == LastCodePoint) continue;
            var next = last.Value + 1 == FirstSurrogate ? AfterSurrogates : last.Value + 1;
            Span<byte> encoded = stackalloc byte[4];
            var length = new Rune(next).EncodeToUtf8(encoded);
            return [.. rest, .. encoded[..length]];
        }
        return null;
    }

    private static byte[]? NextBytes(byte[] prefix)
    {
        for (var at = prefix.Length - 1; at >= 0; at--)
        {
            if (prefix[at] == byte.MaxValue) continue;
            var next = prefix[..(at + 1)];
            next[at]++;
            return next;
        }
        return null;
    }
}
