using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>Dead letters that are collected by segment until its flush: a <see cref="LetterBuffer"/> each, all of them within a small part of what the ring may hold.</summary>
internal abstract class BufferedLetters : DeadLetters
{
    private const int LeastSegmentBytes = 64 << 10, MostSegmentBytes = 4 << 20;

    private readonly LetterBuffer[] buffers;
    private readonly long segmentBytes;
    private readonly IClock clock;
    private long pendingBytes;

    protected BufferedLetters(DeadLetterServices services)
    {
        clock = services.Clock;
        buffers = [.. Enumerable.Range(0, services.Segments).Select(_ => new LetterBuffer())];
        segmentBytes = Math.Clamp(services.RingBytes / 8 / services.Segments, LeastSegmentBytes, MostSegmentBytes);
    }

    internal sealed override long PendingBytes => Volatile.Read(ref pendingBytes);

    internal sealed override bool Add(in RecordInput record, Source source, int segmentIndex, string error, string detail)
    {
        var buffer = buffers[segmentIndex];
        if (buffer.Count > 0 && buffer.Bytes + LetterBuffer.SizeOf(in record, detail) > segmentBytes) return false;
        var before = buffer.Bytes;
        buffer.Add(in record, source, error, detail, clock.UnixMs);
        Interlocked.Add(ref pendingBytes, buffer.Bytes - before);
        return true;
    }

    internal sealed override void Clear(int segmentIndex)
    {
        var buffer = buffers[segmentIndex];
        Interlocked.Add(ref pendingBytes, -buffer.Bytes);
        buffer.Clear();
    }

    public override void Dispose()
    {
        for (var i = 0; i < buffers.Length; i++) Clear(i);
    }

    /// <summary>The letters of these segments, in order; those without any are left out.</summary>
    protected List<LetterBuffer> BuffersOf(IReadOnlyList<int> segmentIndexes) => [.. segmentIndexes.Select(i => buffers[i]).Where(b => b.Count > 0)];

    /// <summary>The offset is one of those that the flush takes.</summary>
    protected static bool IsIn(IReadOnlyList<OffsetRange> ranges, Source source, Offset offset)
    {
        foreach (var range in ranges)
            if (ReferenceEquals(range.Source, source)) return offset >= range.From && offset < range.Next;
        return false;
    }
}
