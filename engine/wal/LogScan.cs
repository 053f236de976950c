using K2I.Memory;

namespace K2I.Wal;

/// <summary>Reads the log that is there, as <see cref="WalFormat"/> defines it: where it begins and ends, and why it ends there. Changes nothing.</summary>
internal sealed class LogScan
{
    private readonly IFileSystem files;
    private BreakKind breakAt;
    private LogPosition breakPosition;
    private string breakFile = "";

    private LogScan(IFileSystem files, List<FoundFile> found)
    {
        this.files = files;
        Found = found;
    }

    /// <summary>Every file named like a log file, by position.</summary>
    internal List<FoundFile> Found { get; }

    /// <summary>Those that hold frames of the log, by position.</summary>
    internal List<FoundFile> Live { get; } = [];

    internal LogPosition EndPosition { get; private set; }

    internal LogPosition TruncatedPosition { get; private set; }

    /// <summary>Everything below is known to have been synced.</summary>
    internal LogPosition SyncedPosition { get; private set; }

    internal uint Generation { get; private set; }

    /// <summary>Where a new file may start: after every position that any file could hold.</summary>
    internal LogPosition NextStart => Found.Count == 0 ? default : Found.Max(f => f.RangeEnd);

    internal WalRecovery Recovery { get; private set; } = null!;

    internal static LogScan Run(IFileSystem files, string directory)
    {
        var scan = new LogScan(files, FoundFile.All(files, directory));
        scan.Read();
        return scan;
    }

    private void Read()
    {
        foreach (var file in Found.Where(f => f.State is FileState.Good or FileState.Reused))
        {
            Generation = Math.Max(Generation, file.Header.Generation);
            TruncatedPosition = LogPosition.Max(TruncatedPosition, file.Header.TruncatedPosition);
        }
        var walk = new Walk(this);
        walk.Run();
        breakPosition = LogPosition.Max(breakPosition, EndPosition);
        TruncatedPosition = LogPosition.Max(TruncatedPosition, walk.TruncatedPosition);
        SyncedPosition = LogPosition.Min(walk.SyncedPosition, EndPosition);
        var outcome = Found.Count == 0 ? WalOutcome.Empty : RecoveryTable.Decide(breakAt, breakAt >= BreakKind.WrongLength ? LaterKind.Nothing : Later());
        Recovery = new()
        {
            Outcome = outcome,
            Closed = walk.Closed && outcome == WalOutcome.Clean,
            Files = Live.Count,
            Frames = walk.Frames,
            PayloadBytes = walk.PayloadBytes,
            FirstPosition = LogPosition.Min(TruncatedPosition, EndPosition),
            EndPosition = EndPosition,
            Generation = (int)Generation,
            File = breakFile,
        };
    }

    /// <summary>What valid bytes later than the break say about it. Reads on only until it is known that the break is damage.</summary>
    private LaterKind Later()
    {
        var later = LaterKind.Nothing;
        foreach (var file in Found)
        {
            if (file.State != FileState.Good || file.Limit <= breakPosition) continue;
            if (file.Header.SyncedPosition > breakPosition) return LaterKind.Synced;
            using var map = files.Map(file.Path);
            var header = file.Header;
            var offset = Math.Max(WalFormat.FramesOffset, (int)Math.Max(0, breakPosition - file.NameStart));
            while (offset + FrameHeader.Bytes <= file.LimitOffset)
            {
                if (WalFormat.ReadFrame(map.Bytes, in header, file.Seed, offset, file.LimitOffset, out var frame, out var end) != FrameState.Valid)
                {
                    offset += WalFormat.FrameAlignment;
                    continue;
                }
                if (frame.SyncedPosition > breakPosition) return LaterKind.Synced;
                later = LaterKind.Unsynced;
                offset = end;
            }
        }
        return later;
    }

    /// <summary>The walk along the unbroken run of frames.</summary>
    private sealed class Walk(LogScan scan)
    {
        private bool padded;

        internal long Frames { get; private set; }

        internal long PayloadBytes { get; private set; }

        internal LogPosition SyncedPosition { get; private set; }

        internal LogPosition TruncatedPosition { get; private set; }

        internal bool Closed { get; private set; }

        internal void Run()
        {
            // Files that ended before the truncated position are waiting for reuse; whatever their state, they are not needed.
            var needed = scan.Found.Where(f => !f.Void && f.Limit > scan.TruncatedPosition).ToList();
            scan.EndPosition = scan.TruncatedPosition;
            if (needed.Count == 0) return;
            foreach (var file in needed)
            {
                if (!Enter(file, first: file == needed[0]) || !Follow(file)) return;
            }
            // A pad is written once the next file is there.
            if (padded) Break(BreakKind.MissingFile, needed[^1], $"one after {needed[^1].Name}");
        }

        private bool Enter(FoundFile file, bool first)
        {
            if (file.State is FileState.Foreign or FileState.Unsupported) return Break(BreakKind.ForeignFile, file);
            if (file.State == FileState.DamagedHeader) return Break(BreakKind.DamagedHeader, file);
            var continues = first ? file.Header.PreviousEnd <= scan.TruncatedPosition : file.Header.PreviousEnd == scan.EndPosition;
            if (!continues) return Break(BreakKind.MissingFile, file, $"one before {file.Name}");
            SyncedPosition = LogPosition.Max(SyncedPosition, file.Header.SyncedPosition);
            return true;
        }

        /// <summary>Reads a file's frames; true if they reach to where the next file takes over.</summary>
        private bool Follow(FoundFile file)
        {
            var framesBefore = Frames;
            var (offset, state) = ReadFrames(file);
            scan.breakPosition = file.NameStart + offset;
            if (Frames > framesBefore || padded)
            {
                // A file without frames of its own adds nothing to the log, and can be reused.
                scan.EndPosition = scan.breakPosition;
                scan.Live.Add(file);
            }
            if (state == FrameState.FileEnd && scan.breakPosition == file.Limit)
            {
                scan.EndPosition = file.Limit;
                scan.breakAt = BreakKind.FileEnd;
                return true;
            }
            return Break(file.Length != file.Header.FileBytes ? BreakKind.WrongLength : state switch
            {
                FrameState.Blank => BreakKind.Blank,
                FrameState.Stale => BreakKind.Stale,
                _ => BreakKind.Torn,
            }, file);
        }

        /// <summary>The offset and the state of the first place without a valid frame; the file's end if that is where they lead.</summary>
        private (int Offset, FrameState State) ReadFrames(FoundFile file)
        {
            using var map = scan.files.Map(file.Path);
            var header = file.Header;
            var limit = file.LimitOffset;
            var offset = Math.Min(WalFormat.FramesOffset, limit);
            var truncated = Math.Max(0, scan.TruncatedPosition - file.NameStart);
            padded = false;
            while (true)
            {
                var state = WalFormat.ReadFrame(map.Bytes, in header, file.Seed, offset, limit, out var frame, out var end);
                if (state == FrameState.Valid && frame.Kind == WalFormat.PadKind)
                {
                    padded = true;
                    return (limit, limit == header.FileBytes ? FrameState.FileEnd : FrameState.Torn);
                }
                if (state == FrameState.Valid)
                {
                    Take(in frame);
                    offset = end;
                }
                else if (state != FrameState.FileEnd && offset < truncated && truncated < limit)
                {
                    // Damage among frames that are needed no more.
                    offset = (int)truncated;
                }
                else
                {
                    return (end, state);
                }
            }
        }

        private void Take(in FrameHeader frame)
        {
            SyncedPosition = LogPosition.Max(SyncedPosition, frame.SyncedPosition);
            TruncatedPosition = LogPosition.Max(TruncatedPosition, frame.TruncatedPosition);
            Closed = frame.Kind == WalFormat.ClosedKind;
            Frames++;
            PayloadBytes += frame.PayloadBytes;
        }

        private bool Break(BreakKind at, FoundFile file, string missing = "")
        {
            scan.breakAt = at;
            scan.breakFile = missing.Length > 0 ? missing : file.Name;
            return false;
        }
    }
}
