using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>What logs hold beyond the table, taken before anything new is.</summary>
internal sealed partial class RunPart
{
    /// <summary>What a home's log holds are its dead letters, and why each was one is not in it.</summary>
    private static readonly Refusal WasLetter = new("NoTable", "it went to no table when it was first read");

    /// <summary>Takes a record out of a log; false where it cannot be taken now: offer it again in the next step.</summary>
    internal bool TryReplay(in RecordInput record, Source source)
    {
        if (asked is not null || !IsReady) return false;
        var result = sink.Take(in record, source, replayRefusal ?? (options.Routing is null ? null : WasLetter));
        if (result == TakeResult.NewField)
        {
            var own = sink.Changes([record.Value.ToArray()]);
            replayRefusal = RefusalOf(own);
            if (replayRefusal is not null) return TryReplay(in record, source);
            Ask(new ColumnsQuestion(this, null, own, own) { Writer = Writer, Known = Known });
            return false;
        }
        if (result == TakeResult.NoSchema) return false;
        if (result == TakeResult.NoRoom)
        {
            RequestFlush();
            return false;
        }
        replayRefusal = null;
        return true;
    }

    internal bool TryReplayEnd(Source source, Offset next)
    {
        if (sink.TakeEnd(source, next)) return true;
        RequestFlush();
        return false;
    }

    /// <summary>Begins to take what a log holds beyond the table; after what it takes out of logs already.</summary>
    internal void BeginReplay(PartReplay replay)
    {
        if (Replay is not null)
        {
            replaysToCome.Enqueue(replay);
            return;
        }
        Replay = replay;
        if (!journal.Append()) lane.Logger.Debug("the log has no room for what was taken before the replay", ("table", options.Name));
        sink.Seal();
        journal.IsReplaying = true;
        sink.Redo = run.Redo;
        sink.ReplayPin = replay.Pin;
        lane.Attend(this);
    }

    /// <summary>All offsets of a flush that was cut short are taken, or none more will be: they are flushed under its name.</summary>
    internal void EndRedo()
    {
        if (sink.Redo is null) return;
        SealForFlush();
        sink.Redo = null;
        run.RequestFlush(this);
    }

    internal LoggedFlush? Redo => sink.Redo;

    internal void EndReplay()
    {
        EndRedo();
        sink.Seal();
        journal.IsReplaying = false;
        sink.ReplayPin = null;
    }
}
