using K2I.Base;
using K2I.Memory;

namespace K2I.Wal;

/// <summary>Hands out the frames of a log that a scan found, straight from the files' mappings.</summary>
internal sealed class LogReplay(IFileSystem files, LogScan scan, IFrameHandler handler, Action<LogPosition>? progress)
{
    private const int ProgressBytes = 8 << 20;

    private LogPosition reached;
    private LogPosition toldAt;

    internal LogPosition Run(LogPosition from)
    {
        reached = toldAt = from;
        foreach (var file in scan.Live)
        {
            var end = LogPosition.Min(file.Limit, scan.EndPosition);
            if (end > from && !ReadFile(file, from, (int)(end - file.NameStart))) break;
        }
        progress?.Invoke(reached);
        return reached;
    }

    private bool ReadFile(FoundFile file, LogPosition from, int limit)
    {
        using var map = files.Map(file.Path);
        var header = file.Header;
        var bytes = map.Bytes;
        var offset = WalFormat.FramesOffset;
        var released = 0;
        while (offset < limit)
        {
            var state = WalFormat.ReadFrame(bytes, in header, file.Seed, offset, limit, out var frame, out var end);
            if (state == FrameState.FileEnd) return true;
            if (state != FrameState.Valid)
            {
                if (file.NameStart + offset >= from) throw new EngineException(ErrorKind.Corrupt, $"{file.Path}: the frame at position {file.NameStart + offset} has changed since the log was opened");
                // Damage among frames that nobody asks for.
                offset = (int)(from - file.NameStart);
                continue;
            }
            if (frame.Kind == WalFormat.PadKind) return true;
            offset = end;
            if (frame.Position < from || frame.Kind == WalFormat.ClosedKind) continue;
            reached = file.NameStart + end;
            if (!handler.OnFrame(frame.Kind, frame.Position, bytes.Slice(end - WalFormat.FrameBytes((int)frame.PayloadBytes) + FrameHeader.Bytes, (int)frame.PayloadBytes))) return false;
            if (reached - toldAt < ProgressBytes) continue;
            toldAt = reached;
            progress?.Invoke(reached);
            map.Release(released, end - released);
            released = end;
        }
        return true;
    }
}
