using K2I.Base;
using K2I.Memory;

namespace K2I.Wal;

/// <summary>
/// Owner of a log's files that are not being written: full ones, until they are truncated and reused, oldest first; spares; the one being made. One thread at a time:
/// the opening one, then the sync worker.
/// </summary>
internal sealed class LogStock(IFileSystem files, string directory, WalOptions options, ILog log, IClock clock) : IDisposable
{
    /// <summary>Zeros written at a time while making a file, so that groups are synced in between.</summary>
    private const int MakeBytes = 1 << 20;

    private const int RetryMs = 1_000;

    private readonly List<LogFile> old = [];
    private readonly List<string> spares = [];
    private INewFile? making;
    private long retryAt;
    private int heldFiles;
    private long heldBytes;
    private volatile string trouble = "";

    /// <summary>Why the next file cannot be had; empty when nothing is wrong. Any thread.</summary>
    internal string Trouble => trouble;

    internal EngineException? LastError { get; private set; }

    /// <summary>Room that files of the log take, those being written and the one being made included. Any thread.</summary>
    internal long HeldBytes => Volatile.Read(ref heldBytes);

    internal int Files => Volatile.Read(ref heldFiles);

    /// <summary>A file is half made: the next call goes on with it.</summary>
    internal bool Busy => making is not null;

    internal long DueInMs => Busy ? 0 : Math.Max(0, Volatile.Read(ref retryAt) - clock.MonotonicMs);

    /// <summary>Something may have become free: try again without waiting. Any thread.</summary>
    internal void Nudge() => Volatile.Write(ref retryAt, 0);

    /// <summary>Takes over what a scan found: what is needed waits for truncation, what is not is reused first.</summary>
    internal void Adopt(LogScan scan)
    {
        foreach (var name in files.ListFiles(directory))
        {
            var path = Path.Combine(directory, name);
            if (name.EndsWith(LocalFileSystem.TemporarySuffix, StringComparison.Ordinal)) files.Delete(path);
            else if (name == WalFormat.SpareName) AdoptSpare(path);
        }
        foreach (var file in scan.Found)
        {
            // Someone else's file stays as it is.
            if (file.State == FileState.Foreign) continue;
            var end = scan.Live.Contains(file) ? LogPosition.Min(file.Limit, scan.EndPosition) : default;
            old.Add(new(file.Path, file.NameStart, end, (int)Math.Min(file.Length, int.MaxValue)));
            Hold(+1, file.Length);
        }
    }

    /// <summary>A full file, synced to its end, waits for truncation.</summary>
    internal void Retire(LogFile file)
    {
        file.Dispose();
        old.Add(file);
    }

    /// <summary>
    /// The next log file, by <paramref name="header"/> (salt and time are added here); null while it is being made or there is no room.
    /// Files that end at or below <paramref name="reusableBelow"/> are reused. An opening has its file whole, as nobody waits for a sync
    /// yet, and beyond <see cref="WalOptions.MaxBytes"/> if need be: without one, nothing could be appended that leads to a truncation.
    /// </summary>
    internal LogFile? TryNext(FileHeader header, LogPosition reusableBelow, bool opening = false)
    {
        if (DueInMs > 0) return null;
        string? path = null;
        try
        {
            path = TakeReusable(reusableBelow) ?? Make(opening);
            if (path is null) return null;
            header.Magic = WalFormat.Magic;
            header.Version = WalFormat.Version;
            header.FileBytes = options.FileBytes;
            header.CreatedUnixMs = clock.UnixMs;
            header.Salt = ((ulong)options.Random.NextInt64(1L << 32) << 32) | (ulong)options.Random.NextInt64(1L << 32);
            var file = LogFile.Begin(files, directory, path, header);
            path = null;
            Recover();
            Trim(LogPosition.Min(header.TruncatedPosition, reusableBelow));
            return file;
        }
        catch (EngineException error) when (error.Kind != ErrorKind.Fatal)
        {
            if (path is not null) spares.Add(path);
            Report(error);
            return null;
        }
    }

    public void Dispose()
    {
        making?.Dispose();
        making = null;
    }

    private string? TakeReusable(LogPosition reusableBelow)
    {
        while (spares.Count > 0)
        {
            var path = spares[0];
            spares.RemoveAt(0);
            if (files.Exists(path)) return path;
        }
        for (var i = 0; i < old.Count; i++)
        {
            if (old[i].End > reusableBelow) continue;
            var file = old[i];
            if (file.Bytes == options.FileBytes)
            {
                old.RemoveAt(i);
                return file.Path;
            }
            // Made with another length.
            Remove(i--);
        }
        return null;
    }

    private string? Make(bool opening)
    {
        var path = Path.Combine(directory, WalFormat.SpareName);
        if (making is null)
        {
            if (!opening && options.MaxBytes > 0 && heldBytes + options.FileBytes > Math.Max(options.MaxBytes, 2L * options.FileBytes))
                throw new EngineException(ErrorKind.Full, $"the log in {directory} takes {Units.FormatBytes(heldBytes)}, all that it may");
            making = files.NewFile(path, options.FileBytes);
            Hold(+1, options.FileBytes);
        }
        try
        {
            if (!making.Advance(opening ? options.FileBytes : MakeBytes)) return null;
        }
        catch (EngineException)
        {
            Dispose();
            Hold(-1, -options.FileBytes);
            throw;
        }
        Dispose();
        KillPoint.Hit("wal.file-made");
        return path;
    }

    /// <summary>Removes spares beyond those worth keeping. What they held is below a truncated position that a header on disk names.</summary>
    private void Trim(LogPosition truncated)
    {
        var reusable = old.Count(f => f.End <= truncated);
        for (var i = 0; i < old.Count && reusable > options.MaxSpareFiles; i++)
        {
            if (old[i].End > truncated) continue;
            Remove(i--);
            reusable--;
        }
    }

    private void Remove(int index)
    {
        var file = old[index];
        files.Delete(file.Path);
        KillPoint.Hit("wal.file-removed");
        old.RemoveAt(index);
        Hold(-1, -file.Bytes);
    }

    private void Hold(int files, long bytes)
    {
        Volatile.Write(ref heldFiles, heldFiles + files);
        Volatile.Write(ref heldBytes, heldBytes + bytes);
    }

    private void AdoptSpare(string path)
    {
        using (var map = files.Map(path))
        {
            if (map.Length == options.FileBytes)
            {
                spares.Add(path);
                Hold(+1, map.Length);
                return;
            }
        }
        files.Delete(path);
    }

    private void Report(EngineException error)
    {
        LastError = error;
        Volatile.Write(ref retryAt, clock.MonotonicMs + RetryMs);
        var text = error.Message;
        if (trouble == text) return;
        trouble = text;
        log.Warn("no room for the log: appending waits until there is", ("directory", directory), ("reason", text));
    }

    private void Recover()
    {
        LastError = null;
        if (trouble.Length == 0) return;
        trouble = "";
        log.Info("room for the log again", ("directory", directory));
    }
}
