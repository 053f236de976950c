using System.Buffers;

namespace K2I.Decode;

/// <summary>
/// Kafka Connect's JSON with the schema in each record, <c>{"schema":…,"payload":…}</c>, taken apart without reading either part: whether
/// they are JSON is for those who read them.
/// </summary>
internal static class ConnectEnvelope
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);

    /// <summary>False where the record has not these two members, both objects, and no other.</summary>
    internal static bool TrySplit(ReadOnlySpan<byte> value, out ReadOnlySpan<byte> schema, out ReadOnlySpan<byte> payload)
    {
        schema = payload = default;
        var at = 0;
        if (!Take(value, ref at, (byte)'{')) return false;
        for (var member = 0; member < 2; member++)
        {
            if (member == 1 && !Take(value, ref at, (byte)',')) return false;
            at = Space(value, at);
            var name = value[at..];
            var isSchema = name.StartsWith("\"schema\""u8);
            if (!isSchema && !name.StartsWith("\"payload\""u8)) return false;
            at += isSchema ? "\"schema\""u8.Length : "\"payload\""u8.Length;
            if (!Take(value, ref at, (byte)':')) return false;
            at = Space(value, at);
            var end = EndOfObject(value, at);
            if (end < 0) return false;
            if (isSchema) schema = value[at..end];
            else payload = value[at..end];
            at = end;
        }
        return Take(value, ref at, (byte)'}') && Space(value, at) == value.Length && !schema.IsEmpty && !payload.IsEmpty;
    }

    private static int Space(ReadOnlySpan<byte> value, int at)
    {
        while (at < value.Length && value[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
        return at;
    }

    private static bool Take(ReadOnlySpan<byte> value, ref int at, byte expected)
    {
        at = Space(value, at);
        return at < value.Length && value[at++] == expected;
    }

    /// <summary>Behind the brace that closes the one at a place; -1 where there is none.</summary>
    private static int EndOfObject(ReadOnlySpan<byte> value, int at)
    {
        if (at >= value.Length || value[at] != '{') return -1;
        for (var depth = 0; ; at++)
        {
            var next = value[at..].IndexOfAny(Structure);
            if (next < 0) return -1;
            at += next;
            switch (value[at])
            {
                case (byte)'"':
                    at = EndOfText(value, at + 1);
                    if (at < 0) return -1;
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    if (--depth == 0) return at + 1;
                    break;
            }
        }
    }

    /// <summary>The quote that ends a text.</summary>
    private static int EndOfText(ReadOnlySpan<byte> value, int at)
    {
        while (true)
        {
            var next = value[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0) return -1;
            at += next;
            if (value[at] == '"') return at;
            at += 2;
            if (at >= value.Length) return -1;
        }
    }
}
