using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;

namespace K2I.Serve;

/// <summary>
/// The path of a request as it was sent, its segments decoded one by one, so that a value may hold a slash. Source: RFC
/// 3986.
/// </summary>
internal static class Target
{
    /// <summary>The segments after the first slash; null where one is no UTF-8, or what stands for a byte is cut short.</summary>
    public static ImmutableArray<string>? Segments(string target)
    {
        var path = target.AsSpan();
        // Of a whole address, as it is sent to a proxy, the path alone.
        if (path.IndexOf("://") is > 0 and var scheme)
        {
            path = path[(scheme + 3)..];
            path = path.IndexOf('/') is >= 0 and var start ? path[start..] : "/";
        }
        if (path.IndexOf('?') is >= 0 and var query) path = path[..query];
        if (path.StartsWith('/')) path = path[1..];
        var segments = ImmutableArray.CreateBuilder<string>();
        foreach (var range in path.Split('/'))
        {
            if (Decode(path[range]) is not { } segment) return null;
            segments.Add(segment);
        }
        return segments.ToImmutable();
    }

    private static string? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])) return null;
                bytes[length++] = Convert.FromHexString(text.Slice(i + 1, 2))[0];
                i += 2;
            }
            else if (char.IsAscii(text[i]))
            {
                bytes[length++] = (byte)text[i];
            }
            else
            {
                return null;
            }
        }
        return Utf8.IsValid(bytes.AsSpan(0, length)) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
