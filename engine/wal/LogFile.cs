using K2I.Base;
using K2I.Memory;

namespace K2I.Wal;

/// <summary>Owner of a log file in use: open while it is written, a name and a range afterwards. Whoever holds it (see <see cref="WriteAheadLog"/>) uses it alone.</summary>
internal sealed class LogFile : IDisposable
{
    private IFileWriter? writer;

    internal LogFile(string path, LogPosition start, LogPosition end, int bytes)
    {
        Path = path;
        Start = start;
        End = end;
        Bytes = bytes;
    }

    internal string Path { get; set; }

    internal LogPosition Start { get; }

    /// <summary>Where what counts of it ends. Exclusive.</summary>
    internal LogPosition End { get; }

    /// <summary>Length of the file.</summary>
    internal int Bytes { get; }

    internal uint Seed { get; private init; }

    /// <summary>Offset up to which it has been synced. Sync worker.</summary>
    internal int SyncedTo { get; private set; } = WalFormat.FramesOffset;

    /// <summary>Offset after the last frame, once it is full.</summary>
    internal int UsedTo { get; set; }

    internal IFileWriter Writer => writer!;

    /// <summary>
    /// Makes a log file of one that is not needed, whatever it holds: writes its header where it is, then gives it its name. The process may end at any point of this:
    /// until the header is on disk it is what it was, until it has its name it is a spare.
    /// </summary>
    internal static LogFile Begin(IFileSystem files, string directory, string from, FileHeader header)
    {
        using (var spare = files.OpenWriter(from))
        {
            Check.That(spare.Length == header.FileBytes);
            WalFormat.WriteFileHeader(spare, header);
            spare.Sync();
        }
        KillPoint.Hit("wal.header-synced");
        var path = System.IO.Path.Combine(directory, WalFormat.FileName(header.StartPosition));
        files.Rename(from, path);
        KillPoint.Hit("wal.file-named");
        return new(path, header.StartPosition, header.StartPosition + header.FileBytes, (int)header.FileBytes)
        {
            Seed = WalFormat.Seed(header.Salt),
            writer = files.OpenWriter(path),
        };
    }

    /// <summary>Syncs what has been written, at least up to <paramref name="to"/>. Sync worker.</summary>
    internal void Sync(int to)
    {
        if (to <= SyncedTo) return;
        writer!.Sync();
        SyncedTo = to;
    }

    /// <summary>Closes it; the file stays.</summary>
    public void Dispose()
    {
        writer?.Dispose();
        writer = null;
    }
}
