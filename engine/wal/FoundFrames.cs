using K2I.Base;
using K2I.Memory;

namespace K2I.Wal;

/// <summary>
/// Reads single frames of those that an opening found, by the positions that <see cref="WriteAheadLog.Replay"/> told, in any order;
/// cheapest where positions of a file follow each other. The log is appended to and truncated meanwhile.
/// </summary>
/// <remarks>
/// Owner of a few mappings, whatever the log's size, and of the memory that it has touched of them, which it gives back as it goes. One
/// thread at a time; several may be open, each for its own. To be disposed before the log.
/// </remarks>
public sealed class FoundFrames : IDisposable
{
    private const int MostMaps = 8;

    /// <summary>What the kernel maps in around a byte that is read.</summary>
    private const int FaultBytes = 64 << 10;

    private const int MostTouchedBytes = 4 << 20;

    private readonly WriteAheadLog log;
    private readonly IFileSystem files;
    private readonly LogScan scan;
    private readonly ReadFloor floor = new();

    /// <summary>The one used last stands at the end.</summary>
    private readonly List<Window> windows = [];
    private long touchedBytes;
    private bool disposed;

    internal FoundFrames(WriteAheadLog log, IFileSystem files, LogScan scan) => (this.log, this.files, this.scan) = (log, files, scan);

    /// <summary>
    /// The frame at a position. False if the log has been truncated beyond it: it is needed no more. What was found stays where it is while
    /// it is looked at: a truncation that comes later lets its file go with the next call, or with <see cref="Dispose"/>.
    /// </summary>
    /// <exception cref="EngineException"><see cref="ErrorKind.Corrupt"/>: no whole frame is there any more.</exception>
    public bool TryRead(LogPosition position, out FoundFrame frame)
    {
        Check.That(!disposed && position < scan.EndPosition);
        frame = default;
        if (!log.TryHold(floor, position)) return false;
        var window = WindowOf(position);
        var file = window.File;
        var bytes = window.Map.Bytes;
        var header = file.Header;
        var offset = (int)(position - file.NameStart);
        var limit = file.FoundOffset(scan.EndPosition);
        var state = WalFormat.ReadFrame(bytes, in header, file.Seed, offset, limit, out var found, out var end);
        if (state != FrameState.Valid || found.Kind is WalFormat.PadKind or WalFormat.ClosedKind) throw file.HasChanged(position);
        Touch(window, offset, end);
        frame = new(found.Kind, found.Stream, WalFormat.Payload(bytes, in found, end));
        return true;
    }

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        foreach (var window in windows) window.Map.Dispose();
        windows.Clear();
        log.LetGo(floor);
    }

    private Window WindowOf(LogPosition position)
    {
        var at = windows.FindLastIndex(w => w.File.Holds(position));
        if (at == windows.Count - 1 && at >= 0) return windows[at];
        var window = at >= 0 ? windows[at] : Map(position);
        if (at >= 0) windows.RemoveAt(at);
        windows.Add(window);
        return window;
    }

    private Window Map(LogPosition position)
    {
        var file = scan.Live.Find(f => f.Holds(position));
        Check.That(file is not null && position - file.NameStart >= WalFormat.FramesOffset);
        // A file that is mapped takes room even when the log has removed it.
        var truncated = log.TruncatedPosition;
        for (var i = 0; i < windows.Count;)
        {
            if (windows[i].File.Limit <= truncated || windows.Count == MostMaps) Unmap(i);
            else i++;
        }
        return new(file, file.MapFound(files, scan.EndPosition));
    }

    private void Unmap(int index)
    {
        windows[index].Map.Dispose();
        windows.RemoveAt(index);
    }

    private void Touch(Window window, int offset, int end)
    {
        if (offset >= window.From && end <= window.To) return;
        (window.From, window.To) = (offset / FaultBytes * FaultBytes, (end + FaultBytes - 1) / FaultBytes * FaultBytes);
        touchedBytes += window.To - window.From;
        if (touchedBytes < MostTouchedBytes) return;
        foreach (var each in windows) each.Map.Release(0, each.Map.Length);
        touchedBytes = 0;
    }

    /// <summary>A mapped file, and the part of it that was touched last.</summary>
    private sealed class Window(FoundFile file, IMappedFile map)
    {
        internal FoundFile File => file;

        internal IMappedFile Map => map;

        internal int From { get; set; }

        internal int To { get; set; }
    }
}
