namespace K2I.Crash.Tests;

/// <summary>The local state of a process that is not running, and what may happen to it.</summary>
internal sealed class DataDirectory(string path)
{
    public string FullPath => path;

    public void Suffer(Damage damage, Random random)
    {
        switch (damage)
        {
            case Damage.Deleted:
                if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
                break;
            case Damage.Truncated when NewestLogFile(random) is { } file:
                using (var stream = new FileStream(file, FileMode.Open, FileAccess.Write)) stream.SetLength(random.NextInt64(stream.Length));
                break;
            case Damage.Flipped when NewestLogFile(random) is { } file:
                using (var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite))
                {
                    // Most of a log file is zeros not written yet: mostly where something is.
                    var at = random.NextInt64(random.Next(4) == 0 ? stream.Length : Math.Min(stream.Length, 256 << 10));
                    stream.Position = at;
                    var value = stream.ReadByte();
                    stream.Position = at;
                    stream.WriteByte((byte)(value ^ (1 << random.Next(8))));
                }
                break;
        }
    }

    private string? NewestLogFile(Random random)
    {
        var wal = Path.Combine(path, "wal");
        if (!Directory.Exists(wal)) return null;
        var tables = Directory.GetDirectories(wal).Order(StringComparer.Ordinal).ToArray();
        return tables.Length == 0 ? null : Directory.EnumerateFiles(tables[random.Next(tables.Length)]).OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault(f => new FileInfo(f).Length > 0);
    }
}
