using K2I.Base;
using K2I.Memory;

namespace K2I.Wal;

/// <summary>A file named like a log file, as a scan of the directory sees it. Its bytes are mapped while they are looked at, no longer.</summary>
internal sealed class FoundFile
{
    private FoundFile(string path, LogPosition nameStart, long length, FileState state, FileHeader header)
    {
        Path = path;
        NameStart = nameStart;
        Length = length;
        State = state;
        Header = header;
        Seed = WalFormat.Seed(header.Salt);
        Limit = RangeEnd;
    }

    internal string Path { get; }

    internal string Name => System.IO.Path.GetFileName(Path);

    internal LogPosition NameStart { get; }

    internal long Length { get; }

    internal FileState State { get; }

    /// <summary>Meaningful if <see cref="State"/> is good or reused.</summary>
    internal FileHeader Header { get; }

    internal uint Seed { get; }

    /// <summary>Where the range of positions ends that the file could hold.</summary>
    internal LogPosition RangeEnd => State == FileState.Good ? NameStart + Header.FileBytes : NameStart + Math.Max(Length, WalFormat.MinFileBytes);

    /// <summary>Where what counts of it ends: its range's end, or where a later generation took over.</summary>
    internal LogPosition Limit { get; set; }

    /// <summary>A later generation took over before its first byte, or it is a spare: it holds nothing of the log.</summary>
    internal bool Void => State == FileState.Reused || Limit <= NameStart;

    /// <summary>Offset that <see cref="Limit"/> is at, within the bytes that are there.</summary>
    internal int LimitOffset => (int)Math.Min(Limit - NameStart, Length);

    /// <summary>Whether a frame at the position would lie in what counts of it.</summary>
    internal bool Holds(LogPosition position) => position >= NameStart && position < Limit;

    /// <summary>Offset where what was found of the log ends in it, if the whole log ends at <paramref name="logEnd"/>.</summary>
    internal int FoundOffset(LogPosition logEnd) => (int)(LogPosition.Min(Limit, logEnd) - NameStart);

    /// <summary>Maps it again. It must have what was found of it still.</summary>
    /// <exception cref="EngineException"><see cref="ErrorKind.Corrupt"/>: it is gone, or shorter.</exception>
    internal IMappedFile MapFound(IFileSystem files, LogPosition logEnd)
    {
        IMappedFile map;
        try
        {
            map = files.Map(Path);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.NotFound)
        {
            throw HasChanged(NameStart);
        }
        if (map.Length >= FoundOffset(logEnd)) return map;
        var end = NameStart + map.Length;
        map.Dispose();
        throw HasChanged(end);
    }

    internal EngineException HasChanged(LogPosition at) =>
        new(ErrorKind.Corrupt, $"{Path}: the log has changed at position {at} since it was opened");

    internal static FoundFile Look(IFileSystem files, string path, LogPosition nameStart)
    {
        using var map = files.Map(path);
        var state = WalFormat.ReadFileHeader(map.Bytes, nameStart, out var header);
        return new(path, nameStart, map.Length, state, header);
    }

    /// <summary>Every log file of a directory in the order of their names' positions, with limits set.</summary>
    internal static List<FoundFile> All(IFileSystem files, string directory)
    {
        var found = new List<FoundFile>();
        foreach (var name in files.ListFiles(directory))
        {
            if (!WalFormat.TryParseName(name, out var start)) continue;
            found.Add(Look(files, System.IO.Path.Combine(directory, name), start));
        }
        var previousEnd = new LogPosition(long.MaxValue);
        for (var i = found.Count - 1; i >= 0; i--)
        {
            found[i].Limit = LogPosition.Min(found[i].Limit, previousEnd);
            if (found[i].State == FileState.Good) previousEnd = LogPosition.Min(previousEnd, found[i].Header.PreviousEnd);
        }
        // The log never made a file within the range of another one.
        LogPosition rangeEnd = default;
        foreach (var file in found)
        {
            if (file.State == FileState.Good) rangeEnd = LogPosition.Max(rangeEnd, file.RangeEnd);
            else if (file.NameStart < rangeEnd) file.Limit = file.NameStart;
        }
        return found;
    }
}
