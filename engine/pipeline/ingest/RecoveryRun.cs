using K2I.Base;
using K2I.Decode;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>
/// Brings back the rows that the log holds beyond the table, before any new record of their partitions is fetched. Ingest thread, while
/// partitions are being assigned.
/// </summary>
/// <param name="pipeline">Is told how far it is.</param>
/// <param name="assignment">The partitions that were assigned.</param>
/// <param name="intake">Takes the records, as it takes fetched ones.</param>
/// <param name="sink">Its rows.</param>
/// <param name="flusher">Does a flush again that was cut short.</param>
/// <param name="journal">The log.</param>
/// <param name="waitForRoom">Waits a little for a flush to make room; false if the session is to end.</param>
internal sealed class RecoveryRun(
    TablePipeline pipeline, Assignment assignment, Intake intake, RecordSink sink, TableFlusher flusher, TableJournal journal,
    Func<bool> waitForRoom)
{
    private const int TellMs = 1_000;

    private readonly ILog log = pipeline.Log;
    private readonly IClock clock = pipeline.Clock;
    private readonly string table = pipeline.Options.Name;

    /// <summary>Replays these runs; rows of <paramref name="redo"/>, a flush that a crash cut short, are flushed under its name.</summary>
    internal void Run(List<(Source Source, LoggedRun Run)> logged, LoggedFlush? redo)
    {
        // What was taken since the last poll goes first: the log is in the order in which records were taken.
        if (!journal.Append()) throw NoRoom();
        var began = clock.MonotonicMs;
        var end = journal.AppendedPosition;
        var told = began;
        sink.Redo = redo;
        LogReplay? replay = null;
        void FrameDone(LogPosition position)
        {
            KillPoint.Hit("recovery.frame-replayed");
            if (sink.Redo is { } flush && flush.Ranges.All(IsTaken))
            {
                sink.SealForFlush();
                flusher.Signal.Request();
                sink.Redo = null;
            }
            var now = clock.MonotonicMs;
            if (now - told < TellMs) return;
            told = now;
            var (read, all) = (position - replay!.Start, end - replay.Start);
            log.Info("replaying the log", ("table", table), ("records", replay.Records), ("bytes", read), ("of", all));
            pipeline.Recovering = $"{Units.FormatBytes(read)} of {Units.FormatBytes(all)}";
        }

        replay = new(logged, Offer, End, FrameDone);
        KillPoint.Hit("recovery.replay-begun");
        try
        {
            journal.Replay(replay.Start, replay);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Corrupt)
        {
            log.Error("the log is damaged; what it held further on is fetched again", ("table", table), ("error", error.Message));
        }
        KillPoint.Hit("recovery.replayed");
        sink.Publish();
        sink.Redo = null;
        pipeline.Recovering = "";
        var took = clock.MonotonicMs - began;
        log.Info("the log is replayed", ("table", table), ("records", replay.Records), ("bytes", end - replay.Start), ("ms", took));
    }

    private bool Offer(in RecordInput record, Source source)
    {
        while (!intake.TryReplay(in record, source))
            if (!waitForRoom()) return false;
        return true;
    }

    private bool End(Source source, Offset next)
    {
        while (!sink.TakeEnd(source, next))
            if (!waitForRoom()) return false;
        return true;
    }

    private bool IsTaken(LoggedFlush.Range range) =>
        assignment.Find(new(range.Topic, range.Partition)) is { } source && source.TakenOffset >= range.Next;

    private EngineException NoRoom()
    {
        var trouble = journal.Trouble ?? "the log has no room at the moment";
        return new(ErrorKind.Full, $"table {table}: {trouble}; starting again from what the table holds");
    }
}
