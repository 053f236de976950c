using System.Buffers.Binary;
using System.Text;
using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>Walks the letters of a <see cref="LetterBuffer"/>; a borrow of its bytes.</summary>
internal ref struct LetterReader(ReadOnlySpan<byte> rest, IReadOnlyList<Source> sources)
{
    private readonly HeaderCopy headers = new();
    private ReadOnlySpan<byte> rest = rest;

    internal Source Source { get; private set; } = null!;

    /// <summary>The record that became no row. Its headers are good until the next letter.</summary>
    internal RecordInput Record { get; private set; }

    internal readonly Offset Offset => Record.Offset;

    internal long FailedUnixMs { get; private set; }

    internal ReadOnlySpan<byte> ErrorUtf8 { get; private set; }

    internal ReadOnlySpan<byte> DetailUtf8 { get; private set; }

    /// <summary>Bytes of the letter read last.</summary>
    internal int Bytes { get; private set; }

    internal readonly string Error => Encoding.UTF8.GetString(ErrorUtf8);

    internal readonly string Detail => Encoding.UTF8.GetString(DetailUtf8);

    internal bool Next()
    {
        if (rest.IsEmpty) return false;
        Bytes = BinaryPrimitives.ReadInt32LittleEndian(rest[LetterBuffer.Length..]);
        var letter = rest[..Bytes];
        rest = rest[Bytes..];
        Source = sources[BinaryPrimitives.ReadInt32LittleEndian(letter[LetterBuffer.SourceIndex..])];
        FailedUnixMs = BinaryPrimitives.ReadInt64LittleEndian(letter[LetterBuffer.FailedMs..]);
        var offset = new Offset(BinaryPrimitives.ReadInt64LittleEndian(letter[LetterBuffer.Offset..]));
        var error = BinaryPrimitives.ReadInt32LittleEndian(letter[LetterBuffer.ErrorLength..]);
        var detail = BinaryPrimitives.ReadInt32LittleEndian(letter[LetterBuffer.DetailLength..]);
        ErrorUtf8 = letter.Slice(LetterBuffer.HeadBytes, error);
        DetailUtf8 = letter.Slice(LetterBuffer.HeadBytes + error, detail);
        var record = letter[(LetterBuffer.HeadBytes + error + detail)..];
        Record = RecordBytes.Read(ref record, offset, Source.TopicUtf8, Source.Partition, headers);
        return true;
    }
}
