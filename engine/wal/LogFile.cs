using K2I.Base;
using K2I.Memory;

namespace K2I.Wal;

/// <summary>Owner of a log file in use: mapped while it is written, a name and a range afterwards. Whoever holds it (see <see cref="WriteAheadLog"/>) uses it alone.</summary>
internal sealed class LogFile : IDisposable
{
    /// <summary>Prepared ahead of the appends at least, and at most, so many bytes.</summary>
    private const int MinAheadBytes = 64 << 10, MaxAheadBytes = 4 << 20;

    /// <summary>Memory behind the synced position is given back in pieces of this.</summary>
    private const int ReleaseBytes = 1 << 20;

    private IMappedFile? map;
    private int preparedTo = WalFormat.FramesOffset;
    private int releasedTo;

    internal LogFile(string path, long start, long end, int bytes)
    {
        Path = path;
        Start = start;
        End = end;
        Bytes = bytes;
    }

    internal string Path { get; set; }

    internal long Start { get; }

    /// <summary>Where what counts of it ends. Exclusive.</summary>
    internal long End { get; }

    /// <summary>Length of the file.</summary>
    internal int Bytes { get; }

    internal uint Seed { get; private init; }

    /// <summary>Offset up to which it has been synced. Sync worker.</summary>
    internal int SyncedTo { get; private set; } = WalFormat.FramesOffset;

    /// <summary>Offset after the last frame, once it is full.</summary>
    internal int UsedTo { get; set; }

    internal Span<byte> Writable => map!.Writable;

    /// <summary>
    /// Makes a log file of one that is not needed, whatever it holds: writes its header where it is, then gives it its name. The process may end at any point of this:
    /// until the header is on disk it is what it was, until it has its name it is a spare.
    /// </summary>
    internal static LogFile Begin(IFileSystem files, string directory, string from, FileHeader header)
    {
        using (var raw = files.Map(from, writable: true))
        {
            Check.That(raw.Length == header.FileBytes);
            WalFormat.WriteFileHeader(raw.Writable, header);
            raw.Sync(0, FileHeader.Bytes);
        }
        KillPoint.Hit("wal.header-synced");
        var path = System.IO.Path.Combine(directory, WalFormat.FileName(header.StartPosition));
        files.Rename(from, path);
        KillPoint.Hit("wal.file-named");
        var file = new LogFile(path, header.StartPosition, header.StartPosition + header.FileBytes, (int)header.FileBytes)
        {
            Seed = WalFormat.Seed(header.Salt),
            map = files.Map(path, writable: true),
        };
        file.PrepareAhead(WalFormat.FramesOffset, MinAheadBytes);
        return file;
    }

    /// <summary>Syncs from where it has been up to <paramref name="to"/>. Sync worker.</summary>
    internal void Sync(int to)
    {
        if (to <= SyncedTo) return;
        map!.Sync(SyncedTo, to - SyncedTo);
        SyncedTo = to;
        if (to - releasedTo < 2 * ReleaseBytes) return;
        var until = to / ReleaseBytes * ReleaseBytes;
        map.Release(releasedTo, until - releasedTo);
        releasedTo = until;
    }

    /// <summary>Has pages ready for the next <paramref name="wanted"/> bytes from <paramref name="at"/>, so that appending does not wait for the kernel. Sync worker.</summary>
    internal void PrepareAhead(int at, long wanted)
    {
        var to = (int)Math.Min(Bytes, at + Math.Clamp(wanted, MinAheadBytes, MaxAheadBytes));
        var from = Math.Max(preparedTo, at);
        if (to - from < MinAheadBytes / 2 && to < Bytes || to <= from) return;
        map!.Prefault(from, to - from);
        preparedTo = to;
    }

    /// <summary>Its memory; the file stays.</summary>
    public void Dispose()
    {
        map?.Dispose();
        map = null;
    }
}
