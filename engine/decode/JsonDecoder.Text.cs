using System.Runtime.CompilerServices;
using System.Text;

namespace K2I.Decode;

/// <summary>Strings with their escapes, and values that are only checked.</summary>
public sealed unsafe partial class JsonDecoder
{
    /// <summary>Values other than null, {} and [] that <see cref="Skip"/> saw.</summary>
    private int scalars;

    /// <summary>The string at <paramref name="p"/>, which must be one. The byte after the text is a quote, or zero where it had escapes.</summary>
    private byte* Text(byte* p, JsonNode node, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (*p != '"') return Fail(DecodeStatus.InvalidJson, p, node);
        var first = p + 1;
        var q = StringKernel.End(first);
        if (*q != '"') return Unescape(first, q, node, out text);
        text = new(first, (int)(q - first));
        return q + 1;
    }

    /// <summary>Unescapes in place from <paramref name="p"/> on; what comes out is never longer.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* Unescape(byte* first, byte* p, JsonNode node, out ReadOnlySpan<byte> text)
    {
        text = default;
        var to = p;
        while (*p != '"')
        {
            if (*p != '\\') return Fail(DecodeStatus.InvalidJson, p, node);
            if (p[1] == 'u')
            {
                p = Character(p, node, out var character);
                if (p == null) return null;
                to += character.EncodeToUtf8(new Span<byte>(to, 4));
            }
            else
            {
                var plain = Plain(p[1]);
                if (plain == 0) return Fail(DecodeStatus.InvalidJson, p, node);
                *to++ = plain;
                p += 2;
            }
            var stop = StringKernel.End(p);
            new ReadOnlySpan<byte>(p, (int)(stop - p)).CopyTo(new Span<byte>(to, (int)(stop - p)));
            to += stop - p;
            p = stop;
        }
        *to = 0;
        text = new(first, (int)(to - first));
        return p + 1;
    }

    /// <summary>The character that the <c>\u</c> at <paramref name="p"/> stands for, with the second half of a pair.</summary>
    private byte* Character(byte* p, JsonNode node, out Rune character)
    {
        character = default;
        var high = Hex(p + 2);
        if (high < 0) return Fail(DecodeStatus.InvalidJson, p, node);
        if (high is < 0xD800 or > 0xDFFF)
        {
            character = new Rune(high);
            return p + 6;
        }
        var low = p[6] == '\\' && p[7] == 'u' ? Hex(p + 8) : 0;
        if (low < 0) return Fail(DecodeStatus.InvalidJson, p + 6, node);
        return Rune.TryCreate((char)high, (char)low, out character) ? p + 12 : Fail(DecodeStatus.InvalidUtf8, p, node);
    }

    private static byte Plain(byte escape) => escape switch
    {
        (byte)'"' or (byte)'\\' or (byte)'/' => escape,
        (byte)'b' => 8,
        (byte)'f' => 12,
        (byte)'n' => 10,
        (byte)'r' => 13,
        (byte)'t' => 9,
        _ => 0,
    };

    private static int Hex(byte* p)
    {
        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            var digit = UuidKernel.Nibble(p[i]);
            if (digit < 0) return -1;
            value = (value << 4) | digit;
        }
        return value;
    }

    /// <summary>Checks the value at <paramref name="p"/>, which lies in <paramref name="depth"/> others, against RFC 8259 and goes past it.</summary>
    private byte* Skip(JsonNode node, byte* p, int depth)
    {
        switch (*p)
        {
            case (byte)'{':
                return depth < maxDepth ? SkipObject(node, p + 1, depth + 1) : Fail(DecodeStatus.TooDeep, p, node);
            case (byte)'[':
                return depth < maxDepth ? SkipArray(node, p + 1, depth + 1) : Fail(DecodeStatus.TooDeep, p, node);
            case (byte)'n' when *(uint*)p == Null:
                return p + 4;
            default:
                break;
        }
        scalars++;
        switch (*p)
        {
            case (byte)'"':
                return SkipText(node, p);
            case (byte)'t' when *(uint*)p == True:
                return p + 4;
            case (byte)'f' when *(uint*)(p + 1) == Alse:
                return p + 5;
            default:
                var q = JsonNumber.Read(p, out _);
                return q != null ? q : Fail(DecodeStatus.InvalidJson, p, node);
        }
    }

    private byte* SkipObject(JsonNode node, byte* p, int depth)
    {
        if (*p <= ' ') p = Space(p);
        if (*p == '}') return p + 1;
        for (var members = 1; ; members++)
        {
            if (members > maxFields) return Fail(DecodeStatus.TooManyFields, p, node);
            p = SkipText(node, p);
            if (p == null) return null;
            p = Colon(p, node);
            if (p == null) return null;
            if (*p <= ' ') p = Space(p);
            p = Skip(node, p, depth);
            if (p == null) return null;
            if (*p <= ' ') p = Space(p);
            if (*p == '}') return p + 1;
            if (*p != ',') return Fail(DecodeStatus.InvalidJson, p, node);
            p++;
            if (*p <= ' ') p = Space(p);
        }
    }

    private byte* SkipArray(JsonNode node, byte* p, int depth)
    {
        if (*p <= ' ') p = Space(p);
        if (*p == ']') return p + 1;
        while (true)
        {
            p = Skip(node, p, depth);
            if (p == null) return null;
            if (*p <= ' ') p = Space(p);
            if (*p == ']') return p + 1;
            if (*p != ',') return Fail(DecodeStatus.InvalidJson, p, node);
            p++;
            if (*p <= ' ') p = Space(p);
        }
    }

    private byte* SkipText(JsonNode node, byte* p)
    {
        if (*p != '"') return Fail(DecodeStatus.InvalidJson, p, node);
        for (p = StringKernel.End(p + 1); *p != '"'; p = StringKernel.End(p))
        {
            if (*p != '\\') return Fail(DecodeStatus.InvalidJson, p, node);
            if (p[1] == 'u' ? Hex(p + 2) < 0 : Plain(p[1]) == 0) return Fail(DecodeStatus.InvalidJson, p, node);
            p += p[1] == 'u' ? 6 : 2;
        }
        return p + 1;
    }
}
