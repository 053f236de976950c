using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>
/// A run's side of a lane's log: records of the table staged into frames, and its state entries, in the table's stream.
/// </summary>
/// <remarks>Lane's thread: staging. Any thread: entries.</remarks>
internal sealed class TableJournal(LaneLog lane, FrameWriters writers, TableRun run, ILog log, IClock clock)
{
    private const int LeftForCommit = 4 << 10;

    private readonly string table = run.Table.Name;
    private readonly ulong stream = run.Table.Stream;
    private byte[]? first;
    private RecordFrameWriter? staged;

    /// <summary>Records are kept; otherwise state entries alone.</summary>
    internal bool KeepsRecords => lane.KeepsRecords;

    internal LaneLog Lane => lane;

    /// <summary>What is taken comes out of a log: it is not staged again.</summary>
    internal bool IsReplaying { get; set; }

    /// <summary>Why no more records can be appended at the moment; null when all is well.</summary>
    internal string? Trouble => lane.Trouble;

    /// <summary>Everything staged from now on is kept until the pin is released. What is staged is appended first, or lies behind it anyway.</summary>
    internal LogPin Pin() => lane.Pin(run);

    /// <summary>No record can be staged until the log has room again.</summary>
    internal bool IsBlocked(in RecordInput record, Source source) => Stages && staged is { } frame && !frame.Fits(in record, source) && !Append();

    /// <summary>Stages a record that became a row or a dead letter; <paramref name="from"/> is where its partition stood before.</summary>
    internal void Stage(in RecordInput record, Source source, Offset from)
    {
        if (!Stages) return;
        staged ??= writers.Take();
        // One that no frame can hold is left out: the run ends before it, and Kafka has it.
        if (staged.CanHold(in record, source)) staged.Add(in record, source, from);
        else staged.End();
    }

    /// <summary>As <see cref="IsBlocked(in RecordInput, Source)"/>, for the end of a partition.</summary>
    internal bool IsBlocked(Source source) => Stages && staged is { } frame && !frame.FitsEnd(source) && !Append();

    /// <summary>Stages that a partition holds no further record below <paramref name="next"/>.</summary>
    internal void StageEnd(Source source, Offset from, Offset next)
    {
        if (!Stages) return;
        staged ??= writers.Take();
        staged.AddEnd(source, from, next);
    }

    /// <summary>Appends what is staged; false while the log has no room for it.</summary>
    internal bool Append()
    {
        if (staged is not { } frame) return true;
        if (!frame.IsEmpty && (!lane.HasRoomForRecords(frame.Bytes.Length) || !TryAppend(LogEntryKind.Records, frame.Bytes))) return false;
        writers.Return(frame);
        staged = null;
        return true;
    }

    /// <summary>What is staged is given up: the run has ended.</summary>
    internal void Drop()
    {
        if (staged is not { } frame) return;
        writers.Return(frame);
        staged = null;
    }

    /// <summary>What is to be said of the run before anything else of it is appended; a run that appends nothing leaves no trace.</summary>
    internal void Begin(LogEntry entry) => Volatile.Write(ref first, entry.ToJson(clock));

    /// <summary>Appends a state entry. False if there is no room: whoever reads the log must not take its absence for a sign. Any thread.</summary>
    internal bool Write(LogEntry entry) => Write(entry, entry.ToJson(clock));

    /// <summary>As <see cref="Write(LogEntry)"/>, but leaves room for a <see cref="LogEntryKind.CommitStarted"/> to come. Any thread.</summary>
    internal bool WriteIfRoom(LogEntry entry)
    {
        var json = entry.ToJson(clock);
        return lane.RoomBytes >= json.Length + LeftForCommit && Write(entry, json);
    }

    /// <summary>Appends a state entry and waits until it is on disk. Throws Full where there is no room. Any thread but the sync worker's.</summary>
    internal void WriteSynced(LogEntry entry)
    {
        if (!TryAppend(entry.Kind, entry.ToJson(clock))) throw new EngineException(ErrorKind.Full, $"table {table}: {Trouble ?? "the log has no room at the moment"}");
        lane.WaitSynced();
    }

    private bool Stages => lane.KeepsRecords && !IsReplaying;

    private bool Write(LogEntry entry, byte[] json)
    {
        if (TryAppend(entry.Kind, json)) return true;
        log.Warn("an entry does not fit the log", ("table", table), ("type", LogEntry.NameOf(entry.Kind)), ("reason", lane.Trouble));
        return false;
    }

    private bool TryAppend(LogEntryKind kind, ReadOnlySpan<byte> payload)
    {
        if (Volatile.Read(ref first) is { } before && Interlocked.CompareExchange(ref first, null, before) == before && !lane.TryAppend(LogEntryKind.RunStarted, stream, before))
        {
            Volatile.Write(ref first, before);
            return false;
        }
        return lane.TryAppend(kind, stream, payload);
    }
}
