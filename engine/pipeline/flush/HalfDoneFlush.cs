using System.Security.Cryptography;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>Finishes a flush that was seen to begin and not to end, as <see cref="HalfDoneTable"/> says. Whoever works for the table, before a run begins.</summary>
internal sealed class HalfDoneFlush(TableStore store, LoggedFlush logged, Action<LogEntry> write, TableOptions options, FlushCounters counters, ILog log, IClock clock)
{
    /// <summary>The flush to do again, if it is to be.</summary>
    internal LoggedFlush? Finish()
    {
        var flush = new Flush(logged.Id, logged.Epoch, RangesOf(logged)) { MayHaveLanded = true };
        List<DataFile>? files = null;
        switch (HalfDoneTable.Decide(logged.FilesToCommit is not null, () => logged.Ranges.Any(IsOfAnotherLife), () => store.Holds(flush), () => (files = FilesOf(logged)) is not null))
        {
            case HalfDoneFate.FlushAgain:
                return logged;
            case HalfDoneFate.Forget:
                log.Info("a flush cut short is not needed any more", ("table", options.Name), ("flush", logged.Id), ("reason", $"{logged.Ranges.First(IsOfAnotherLife).Topic} was created again since"));
                return null;
            case HalfDoneFate.Commit:
                KillPoint.Hit("recovery.files-checked");
                if (!TryCommit(flush, files!)) return null;
                break;
            case HalfDoneFate.FlushAnew:
                return null;
        }
        var snapshot = store.SnapshotOf(flush);
        KillPoint.Hit("recovery.commit-finished");
        foreach (var entry in LogEntry.Landed(flush, snapshot, truncate: default)) write(entry);
        KillPoint.Hit("recovery.commit-logged");
        log.Info("a flush cut short is in the table", ("table", options.Name), ("flush", flush.Id), ("snapshot", snapshot?.SnapshotId.Value));
        return null;
    }

    /// <summary>False where another writer was first: the files may be in a snapshot, and stay.</summary>
    private bool TryCommit(Flush flush, List<DataFile> files)
    {
        var result = store.Commit(flush, files);
        if (result.Status == CommitStatus.Aborted)
        {
            log.Info("a flush cut short is not needed any more", ("table", options.Name), ("flush", flush.Id), ("reason", result.Reason));
            return false;
        }
        counters.CountCommit(files, store.SnapshotOf(flush)?.SnapshotId, clock.UnixMs);
        return true;
    }

    private bool IsOfAnotherLife(LoggedFlush.Range range) => range.TopicId is { } id && store.Offsets.TopicId(range.Topic) is { } known && id != known;

    private static List<OffsetRange> RangesOf(LoggedFlush logged) =>
        [.. logged.Ranges.Select((r, i) => new OffsetRange(new Source(i, r.Topic, r.Partition) { TopicId = r.TopicId }, r.From, r.Next, r.Begins))];

    /// <summary>The files, if each is in the store byte for byte as it was logged; else null.</summary>
    private List<DataFile>? FilesOf(LoggedFlush logged)
    {
        if (logged.Files.Count != logged.FilesToCommit) return Refuse(logged, "not all of its files were logged");
        var files = new List<DataFile>();
        foreach (var file in logged.Files)
        {
            if (Difference(file) is { } difference) return Refuse(logged, difference);
            files.Add(store.FileOf(file.SpecId, file.Description));
        }
        return files;
    }

    private List<DataFile>? Refuse(LoggedFlush logged, string why)
    {
        log.Warn("a flush cut short cannot be finished as it was; its rows are flushed anew", ("table", options.Name), ("flush", logged.Id), ("reason", why));
        return null;
    }

    private string? Difference(LogEntry.DataFileWritten file)
    {
        try
        {
            using var reader = store.Objects.Open(file.Path);
            if (reader.Length != file.Bytes) return $"{file.Path} has {reader.Length} bytes, {file.Bytes} were written";
            reader.Expect([new ByteRange(0, file.Bytes)]);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[1 << 20];
            for (long at = 0; at < file.Bytes;)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, file.Bytes - at));
                reader.ReadAt(at, part);
                hash.AppendData(part);
                at += part.Length;
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset()) == file.Sha256 ? null : $"{file.Path} is not what was written: its SHA-256 differs";
        }
        catch (EngineException error) when (error.Kind == ErrorKind.NotFound)
        {
            return $"{file.Path} is not there";
        }
    }
}
