using K2I.Base;
using K2I.Decode;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>Brings logged records that the table lacks back as rows, by the path that fetched records take. Ingest thread, while partitions are being assigned.</summary>
internal sealed class LogReplay(IReadOnlyList<(Source Source, LoggedRun Run)> wanted, LogReplay.OfferRecord offer, Func<Source, Offset, bool> end, Action<LogPosition> frameDone) : IFrameHandler
{
    private readonly HeaderCopy headers = new();
    private int last;

    /// <summary>Takes one record, whatever it takes; false to stop the replay.</summary>
    internal delegate bool OfferRecord(in RecordInput record, Source source);

    internal long Records { get; private set; }

    /// <summary>Where the first frame lies that may be needed.</summary>
    internal LogPosition Start => wanted.Min(w => w.Run.Position);

    public bool OnFrame(byte kind, ulong stream, LogPosition position, ReadOnlySpan<byte> payload)
    {
        if (kind == (byte)LogEntryKind.Records && !Offer(new RecordFrameReader(payload), position)) return false;
        frameDone(position);
        return true;
    }

    private bool Offer(scoped RecordFrameReader frame, LogPosition position)
    {
        if (!TryFind(in frame, out var at) || position < wanted[at].Run.Position) return true;
        var source = wanted[at].Source;
        // In the table already; or behind a part that is lost, and to be fetched again.
        if (frame.From > source.TakenOffset || (frame.Next <= source.TakenOffset && !source.IsAtItsBeginning)) return true;
        while (frame.TryRead(headers, out var record))
        {
            if (record.Offset < source.TakenOffset) continue;
            if (!offer(in record, source)) return false;
            Records++;
        }
        return end(source, frame.Next);
    }

    private bool TryFind(in RecordFrameReader frame, out int at)
    {
        for (var i = 0; i < wanted.Count; i++)
        {
            at = (last + i) % wanted.Count;
            var source = wanted[at].Source;
            if (source.Partition != frame.Partition || !frame.TopicUtf8.SequenceEqual(source.TopicUtf8)) continue;
            last = at;
            return true;
        }
        at = -1;
        return false;
    }
}
