using K2I.Base;
using K2I.Memory;

namespace K2I.Wal;

/// <summary>
/// Reads the log of a directory and changes nothing: no lock, also while a process is writing it. What it says is then true of one moment; a frame it hands out is whole.
/// </summary>
public sealed class WalReader
{
    private const int MaxScans = 20;

    private readonly IFileSystem files;
    private readonly LogScan scan;

    private WalReader(IFileSystem files, LogScan scan)
    {
        this.files = files;
        this.scan = scan;
        Files = [.. scan.Found.Select(Describe)];
    }

    /// <summary>What an opening would find.</summary>
    public WalRecovery Recovery => scan.Recovery;

    /// <summary>Every file named like a log file, by position.</summary>
    public IReadOnlyList<WalFileInfo> Files { get; }

    /// <exception cref="EngineException"><see cref="ErrorKind.NotFound"/>: no such directory; others from the file system.</exception>
    public static WalReader Open(IFileSystem files, string directory)
    {
        LogScan? last = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var names = files.ListFiles(directory);
                var scan = LogScan.Run(files, directory);
                // A log that is being written grows between two looks, and seems broken where it had ended. Real damage stays where it is.
                var settled = scan.Recovery.Outcome <= WalOutcome.TornTail
                    || (last is not null && last.EndPosition == scan.EndPosition && last.Recovery.Outcome == scan.Recovery.Outcome && files.ListFiles(directory).SequenceEqual(names));
                if (settled || attempt >= MaxScans) return new(files, scan);
                last = scan;
            }
            catch (EngineException error) when (error.Kind == ErrorKind.NotFound && attempt < MaxScans)
            {
                // A file got another name meanwhile, or there is no directory.
                _ = files.ListFiles(directory);
            }
        }
    }

    /// <summary>Hands out the valid frames of the files from a position on, truncated ones that still stand included; files that were given up are left out.</summary>
    public void Read(LogPosition fromPosition, IFrameHandler handler)
    {
        foreach (var file in Files)
        {
            if (file.Use is not (FileUse.Live or FileUse.Truncated or FileUse.Empty) || file.EndPosition <= fromPosition) continue;
            if (!Read(file, fromPosition, handler)) return;
        }
    }

    /// <summary>Hands out the valid frames of one file, whatever its use; false if the handler has enough.</summary>
    public bool Read(WalFileInfo file, LogPosition fromPosition, IFrameHandler handler)
    {
        var found = scan.Found.Find(f => f.Name == file.Name);
        Check.That(found is not null);
        try
        {
            return ReadFrames(found, fromPosition, handler, out _, out _, out _);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.NotFound)
        {
            // Reused since.
            return true;
        }
    }

    private WalFileInfo Describe(FoundFile file)
    {
        long frames = 0, payloadBytes = 0;
        var end = file.NameStart;
        try
        {
            ReadFrames(file, default, null, out frames, out payloadBytes, out end);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.NotFound)
        {
            // Reused since.
        }
        var known = file.State is FileState.Good or FileState.Reused;
        return new()
        {
            Name = file.Name,
            State = file.State,
            Use = file.State != FileState.Good ? FileUse.None
                : scan.Live.Contains(file) ? FileUse.Live
                : file.Limit <= scan.TruncatedPosition && file.Limit > file.NameStart ? FileUse.Truncated
                : frames == 0 ? FileUse.Empty : FileUse.GivenUp,
            StartPosition = file.NameStart,
            EndPosition = end,
            Bytes = file.Length,
            Generation = known ? file.Header.Generation : 0,
            CreatedUnixMs = known ? file.Header.CreatedUnixMs : 0,
            Frames = frames,
            PayloadBytes = payloadBytes,
        };
    }

    private bool ReadFrames(FoundFile file, LogPosition from, IFrameHandler? handler, out long frames, out long payloadBytes, out LogPosition endPosition)
    {
        frames = payloadBytes = 0;
        endPosition = file.NameStart;
        if (file.State != FileState.Good) return true;
        using var map = files.Map(file.Path);
        var header = file.Header;
        var limit = Math.Min(map.Length, file.Limit > file.NameStart ? file.LimitOffset : map.Length);
        var offset = Math.Min(WalFormat.FramesOffset, limit);
        byte[] copy = [];
        while (WalFormat.ReadFrame(map.Bytes, in header, file.Seed, offset, limit, out var frame, out var end) == FrameState.Valid)
        {
            var bytes = end - offset;
            var position = file.NameStart + offset;
            offset = end;
            endPosition = file.NameStart + end;
            if (frame.Kind is WalFormat.PadKind or WalFormat.ClosedKind) continue;
            frames++;
            payloadBytes += frame.PayloadBytes;
            if (handler is null || position < from) continue;
            if (copy.Length < bytes) copy = new byte[Math.Max(bytes, 2 * copy.Length)];
            map.Bytes.Slice(end - bytes, bytes).CopyTo(copy);
            // The writer may reuse the file at any moment: what counts is the copy.
            if (Crc32C.Append(file.Seed, copy.AsSpan(sizeof(uint), bytes - sizeof(uint))) != frame.Crc) return true;
            if (!handler.OnFrame(frame.Kind, frame.Stream, position, copy.AsSpan(FrameHeader.Bytes, (int)frame.PayloadBytes))) return false;
        }
        return true;
    }
}
