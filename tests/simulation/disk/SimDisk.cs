using K2I.Base;
using K2I.Memory;

namespace K2I.Simulation.Tests;

/// <summary>A host's disk: outlives the processes that use it, and loses what was not synced when the power goes.</summary>
public sealed class SimDisk(Dice dice)
{
    private readonly SortedDictionary<string, SimFile> files = new(StringComparer.Ordinal);
    private readonly HashSet<string> directories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object> locks = new(StringComparer.Ordinal);

    /// <summary>Files whose removal a crash may undo.</summary>
    private readonly Dictionary<string, SimFile> removed = new(StringComparer.Ordinal);

    public DiskFaults Faults { get; } = new();

    internal long UsedBytes => files.Values.Sum(f => f.Length);

    internal Dice Dice => dice;

    internal IEnumerable<string> Names => files.Keys;

    internal IEnumerable<string> Directories => directories;

    internal bool HasDirectory(string path) => directories.Contains(path);

    internal void AddDirectory(string path)
    {
        for (var at = path; !string.IsNullOrEmpty(at); at = Path.GetDirectoryName(at)) directories.Add(at);
    }

    internal SimFile? Find(string path) => files.GetValueOrDefault(path);

    internal void Set(string path, SimFile file)
    {
        files[path] = file;
        removed.Remove(path);
    }

    internal bool Remove(string path)
    {
        if (!files.Remove(path, out var file)) return false;
        removed[path] = file;
        return true;
    }

    internal void Move(string from, string to)
    {
        files.Remove(from, out var file);
        files[to] = file!;
        removed.Remove(to);
    }

    /// <summary>A small file, put there by someone else than an engine.</summary>
    public void Put(string path, byte[] bytes)
    {
        AddDirectory(Path.GetDirectoryName(path)!);
        Set(path, new(bytes, [.. bytes]));
    }

    internal bool TryLock(string path, object holder)
    {
        if (locks.TryGetValue(path, out var other) && other != holder) return false;
        locks[path] = holder;
        return true;
    }

    internal void Unlock(string path, object holder)
    {
        if (locks.TryGetValue(path, out var other) && other == holder) locks.Remove(path);
    }

    /// <summary>The process is gone. With the power, each sector that was not synced is as it was or as it was written; without, the system keeps all of it.</summary>
    public void Crash(bool powerCut)
    {
        locks.Clear();
        if (powerCut)
        {
            foreach (var (path, file) in removed.OrderBy(r => r.Key, StringComparer.Ordinal))
                if (dice.Chance(0.3)) files.TryAdd(path, file);
        }
        removed.Clear();
        foreach (var file in files.Values)
        {
            var now = file.Seen.ToArray();
            if (powerCut) LoseUnsynced(now, file.Durable);
            now.CopyTo(file.Durable.AsSpan());
            file.Detach(now);
        }
    }

    private void LoseUnsynced(byte[] now, byte[] durable)
    {
        // Often all of a kind: everything made it, nothing did, or each sector as it came.
        var kept = dice.Pick(0.0, 0.1, 0.5, 0.9, 1.0);
        for (var at = 0; at < now.Length; at += IFileSystem.SectorBytes)
        {
            var sector = now.AsSpan(at, Math.Min(IFileSystem.SectorBytes, now.Length - at));
            var old = durable.AsSpan(at, sector.Length);
            if (!sector.SequenceEqual(old) && !dice.Chance(kept)) old.CopyTo(sector);
        }
    }

    /// <summary>All is gone: another disk.</summary>
    public void Clear()
    {
        files.Clear();
        directories.Clear();
        locks.Clear();
        removed.Clear();
    }

    /// <summary>Flips bits of log files. The name of a file that was hit, if there was one.</summary>
    public string? Rot(int bits)
    {
        var logs = files.Where(f => f.Key.Contains("/wal/", StringComparison.Ordinal) && f.Value.Length > 0).ToArray();
        if (logs.Length == 0) return null;
        var (path, file) = logs[dice.Below(logs.Length)];
        var used = file.Seen.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        for (var i = 0; i < bits && used > 0; i++) file.Seen[dice.Below(used)] ^= (byte)(1 << dice.Below(8));
        file.Seen.CopyTo(file.Durable.AsSpan());
        return path;
    }

    /// <summary>A log file is gone.</summary>
    public string? LoseLogFile()
    {
        var logs = files.Keys.Where(f => f.Contains("/wal/", StringComparison.Ordinal)).ToArray();
        if (logs.Length == 0) return null;
        var path = logs[dice.Below(logs.Length)];
        files.Remove(path);
        return path;
    }

    internal static EngineException Missing(string path) => new(ErrorKind.NotFound, $"{path} is not there");
}
