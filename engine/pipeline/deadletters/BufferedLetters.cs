using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>Dead letters that are collected by segment until its flush, within a small part of what the segment may hold.</summary>
internal abstract class BufferedLetters(DeadLetterServices services) : DeadLetters
{
    /// <summary>Of the letters of one segment; a segment without any has room for one of any size.</summary>
    internal const long MostBytes = 4 << 20;

    private readonly LetterBytes pending = new();

    internal sealed override long PendingBytes => pending.Value;

    internal sealed override bool Add(in RecordInput record, Source source, ref LetterBuffer? letters, string error, string detail)
    {
        if (letters is { Count: > 0 } && letters.Bytes + LetterBuffer.SizeOf(in record, detail) > MostBytes) return false;
        letters ??= new(pending);
        letters.Add(in record, source, error, detail, services.Clock.UnixMs);
        return true;
    }

    /// <summary>The offset is one of those that the flush takes.</summary>
    protected static bool IsIn(IReadOnlyList<OffsetRange> ranges, Source source, Offset offset)
    {
        foreach (var range in ranges)
            if (ReferenceEquals(range.Source, source)) return offset >= range.From && offset < range.Next;
        return false;
    }
}
