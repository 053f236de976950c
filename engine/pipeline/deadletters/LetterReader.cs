using System.Buffers.Binary;
using System.Text;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>Walks the letters of a <see cref="LetterBuffer"/>; a borrow of its bytes.</summary>
internal ref struct LetterReader(ReadOnlySpan<byte> rest, IReadOnlyList<Source> sources)
{
    private ReadOnlySpan<byte> rest = rest;
    private ReadOnlySpan<byte> headers;
    private int headersLeft;

    internal Source Source { get; private set; } = null!;

    internal long Offset { get; private set; }

    internal long TimestampMs { get; private set; }

    internal TimestampKind TimestampKind { get; private set; }

    internal long FailedUnixMs { get; private set; }

    internal ReadOnlySpan<byte> ErrorUtf8 { get; private set; }

    internal ReadOnlySpan<byte> DetailUtf8 { get; private set; }

    internal ReadOnlySpan<byte> Key { get; private set; }

    internal bool KeyIsNull { get; private set; }

    internal ReadOnlySpan<byte> Value { get; private set; }

    internal bool ValueIsNull { get; private set; }

    internal readonly int HeaderCount => headersLeft;

    /// <summary>Bytes of the letter read last.</summary>
    internal int Bytes { get; private set; }

    internal readonly string Error => Encoding.UTF8.GetString(ErrorUtf8);

    internal readonly string Detail => Encoding.UTF8.GetString(DetailUtf8);

    internal bool Next()
    {
        if (rest.IsEmpty) return false;
        Bytes = BinaryPrimitives.ReadInt32LittleEndian(rest);
        var letter = rest[..Bytes];
        rest = rest[Bytes..];
        Source = sources[BinaryPrimitives.ReadInt32LittleEndian(letter[4..])];
        Offset = BinaryPrimitives.ReadInt64LittleEndian(letter[8..]);
        TimestampMs = BinaryPrimitives.ReadInt64LittleEndian(letter[16..]);
        TimestampKind = (TimestampKind)letter[24];
        FailedUnixMs = BinaryPrimitives.ReadInt64LittleEndian(letter[25..]);
        letter = letter[33..];
        ErrorUtf8 = Take(ref letter, out _);
        DetailUtf8 = Take(ref letter, out _);
        Key = Take(ref letter, out var isNull);
        KeyIsNull = isNull;
        Value = Take(ref letter, out isNull);
        ValueIsNull = isNull;
        headersLeft = BinaryPrimitives.ReadInt32LittleEndian(letter);
        headers = letter[4..];
        return true;
    }

    /// <summary>The letter's headers, one call each.</summary>
    internal bool NextHeader(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value, out bool valueIsNull)
    {
        name = value = default;
        valueIsNull = true;
        if (headersLeft == 0) return false;
        headersLeft--;
        name = Take(ref headers, out _);
        value = Take(ref headers, out valueIsNull);
        return true;
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> from, out bool isNull)
    {
        var size = BinaryPrimitives.ReadInt32LittleEndian(from);
        isNull = size < 0;
        var taken = isNull ? default : from.Slice(4, size);
        from = from[(4 + Math.Max(0, size))..];
        return taken;
    }
}
