using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary><c>dead_letter = drop</c>: told in the log, at most a line in ten seconds for each kind of error, and gone. Ingest thread.</summary>
internal sealed class DroppedLetters(DeadLetterServices services) : DeadLetters
{
    private const int SilenceMs = 10_000;

    private readonly Dictionary<string, (long UntilMs, long Untold)> told = new(StringComparer.Ordinal);

    internal override long PendingBytes => 0;

    internal override bool Add(in RecordInput record, Source source, int segmentIndex, string error, string detail)
    {
        var now = services.Clock.MonotonicMs;
        var (until, untold) = told.GetValueOrDefault(error, (long.MinValue, 0));
        if (now < until)
        {
            told[error] = (until, untold + 1);
            return true;
        }
        told[error] = (now + SilenceMs, 0);
        services.Log.Warn("record dropped", ("table", services.Table), ("topic", source.Topic), ("partition", source.Partition), ("offset", record.Offset.Value),
            ("error", error), ("detail", detail), ("dropped_since_last_line", untold == 0 ? null : untold));
        return true;
    }

    internal override void Keep(string flushId, long epoch, IReadOnlyList<int> segmentIndexes, IReadOnlyList<OffsetRange> ranges)
    {
    }

    internal override void Clear(int segmentIndex)
    {
    }

    public override void Dispose()
    {
    }
}
