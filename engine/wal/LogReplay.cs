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
            if (LogPosition.Min(file.Limit, scan.EndPosition) > from && !ReadFile(file, from)) break;
        }
        progress?.Invoke(reached);
        return reached;
    }

    private bool ReadFile(FoundFile file, LogPosition from)
    {
        using var map = file.MapFound(files, scan.EndPosition);
        var limit = file.FoundOffset(scan.EndPosition);
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
                if (file.NameStart + offset >= from) throw file.HasChanged(file.NameStart + offset);
                // Damage among frames that nobody asks for.
                offset = (int)(from - file.NameStart);
                continue;
            }
            if (frame.Kind == WalFormat.PadKind) return true;
            offset = end;
            if (frame.Position < from || frame.Kind == WalFormat.ClosedKind) continue;
            reached = file.NameStart + end;
            if (!handler.OnFrame(frame.Kind, frame.Stream, frame.Position, WalFormat.Payload(bytes, in frame, end))) return false;
            if (reached - toldAt < ProgressBytes) continue;
            toldAt = reached;
            progress?.Invoke(reached);
            map.Release(released, end - released);
            released = end;
        }
        return true;
    }
}
