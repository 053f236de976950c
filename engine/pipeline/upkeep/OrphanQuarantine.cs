using System.Globalization;
using System.Text;
using K2I.Base;
using K2I.Maintenance;
using K2I.Memory;
using K2I.Storage;

namespace K2I.Pipeline;

/// <summary>
/// Orphans of a table as they were found: what is found again, unchanged, at least a day later may be removed. One thread at a time.
/// </summary>
/// <remarks>
/// Kept over restarts in <c>DATA_DIR/orphans/TABLE</c>, written whole after each look:
/// <code>
///   looked-ms                            Unix time of the look
///   since-ms length modified-ms location     one a line
/// </code>
/// A host that loses the file, or cannot read it, begins anew: more is kept then, never less. The same goes for what is too much for it.
/// </remarks>
internal sealed class OrphanQuarantine(IFileSystem files, string dataDirectory, string table, IClock clock, ILog log) : IOrphanQuarantine
{
    internal const long StayMs = 86_400_000;

    private const int MostBytes = 8 << 20;

    private readonly string directory = Path.Combine(dataDirectory, "orphans");
    private Dictionary<string, (ObjectInfo File, long SinceMs)>? found;
    private long lookedMs;

    private string FilePath => Path.Combine(directory, table);

    /// <summary>When orphans were last looked for, in Unix milliseconds; 0 where that is not known.</summary>
    internal long LookedUnixMs
    {
        get
        {
            _ = Found();
            return lookedMs;
        }
    }

    public bool Holds(ObjectInfo file) =>
        Found().TryGetValue(file.Location, out var known) && known.File == file && clock.UnixMs - known.SinceMs >= StayMs;

    public void Keep(IReadOnlyCollection<ObjectInfo> orphans)
    {
        var (before, now) = (Found(), clock.UnixMs);
        found = orphans.ToDictionary(o => o.Location, Known, StringComparer.Ordinal);

        (ObjectInfo, long) Known(ObjectInfo file) =>
            before.TryGetValue(file.Location, out var known) && known.File == file ? known : (file, now);
    }

    /// <summary>Orphans were looked for.</summary>
    internal void Looked()
    {
        _ = Found();
        lookedMs = clock.UnixMs;
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{lookedMs}\n");
        foreach (var (file, since) in Found().Values)
        {
            if (text.Length > MostBytes / 4) break;
            if (!file.Location.AsSpan().ContainsAny('\r', '\n'))
                text.Append(CultureInfo.InvariantCulture, $"{since} {file.Length} {file.LastModifiedMs} {file.Location}\n");
        }
        try
        {
            files.CreateDirectory(directory);
            files.Write(FilePath, Encoding.UTF8.GetBytes(text.ToString()));
        }
        catch (EngineException error) when (error.Kind != ErrorKind.Fatal)
        {
            log.Warn("orphans that were found are not remembered over a restart", ("table", table), ("error", error.Message));
        }
    }

    private Dictionary<string, (ObjectInfo File, long SinceMs)> Found()
    {
        if (found is not null) return found;
        found = new(StringComparer.Ordinal);
        try
        {
            if (files.Exists(FilePath)) Read(Encoding.UTF8.GetString(files.Read(FilePath, MostBytes)).Split('\n'));
        }
        catch (Exception error) when (error is FormatException or OverflowException or EngineException { Kind: not ErrorKind.Fatal })
        {
            (lookedMs, found) = (0, new(StringComparer.Ordinal));
            log.Warn("orphans that were found before are looked for anew", ("table", table), ("error", error.Message));
        }
        return found;
    }

    private void Read(string[] lines)
    {
        lookedMs = Number(lines[0]);
        foreach (var line in lines.Skip(1).Where(l => l.Length > 0))
        {
            if (line.Split(' ', 4) is not [var since, var length, var modified, var location])
                throw new FormatException($"no orphan: {line}");
            found![location] = (new ObjectInfo(location, Number(length), Number(modified)), Number(since));
        }
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
