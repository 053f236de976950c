namespace K2I.Wal;

/// <summary>Takes frames of a log, in order.</summary>
public interface IFrameHandler
{
    /// <summary>One frame. The payload lies in the log's own memory and is valid during the call only. False to stop.</summary>
    bool OnFrame(byte kind, ulong stream, LogPosition position, ReadOnlySpan<byte> payload);
}
