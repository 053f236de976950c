using K2I.Base;

namespace K2I.Storage;

/// <summary>Objects as files below one folder of the local file system (POSIX or NFS). What a call reports as done survives a power cut.</summary>
/// <remarks>
/// A file is written under a hidden temporary name in its final folder (<c>.NAME.RANDOM.tmp</c>), synced, then renamed or linked to its name, and the
/// folder is synced. A crash leaves at most such temporary files; only <see cref="ListUnfinished"/> shows them. Symbolic links may not lead out of the root.
/// </remarks>
public sealed class LocalStore : IObjectStore
{
    private const string TemporarySuffix = ".tmp";
    private const int RandomCharacters = 32;

    private readonly string rootPath;
    private readonly string realRoot;

    /// <param name="root">The folder, as a path or a <c>file:</c> location; created if it is not there.</param>
    public LocalStore(string root)
    {
        Root = Location.FromConfig(root);
        if (Location.SchemeOf(Root) != "file") throw new EngineException(ErrorKind.Invalid, $"{Root} is not a local folder");
        rootPath = Location.LocalPath(Root);
        if (Location.Climbs(rootPath)) throw new EngineException(ErrorKind.Invalid, $"{Root} climbs");
        EnsureFolder(rootPath, Root);
        realRoot = LocalFiles.RealPath(rootPath, Root) ?? throw new EngineException(ErrorKind.NotFound, $"{Root} does not exist");
    }

    /// <summary>Where every object of this store lies below: <c>file:///abs/path</c>, no slash at the end.</summary>
    public string Root { get; }

    public IObjectWriter Create(string location)
    {
        var path = PathToWrite(location);
        return Guard(location, () => new LocalWriter(location, path, Temporary(path)));
    }

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes)
    {
        var path = PathToWrite(location);
        if (File.Exists(path)) return false;
        var temporary = WriteTemporary(location, path, bytes);
        KillPoint.Hit("store.temporary-written");
        try
        {
            if (!LocalFiles.TryLink(temporary, path, location)) return false;
            KillPoint.Hit("store.linked");
        }
        finally
        {
            TryRemove(temporary);
        }
        SyncAfterPublish(path, location);
        return true;
    }

    public void Put(string location, ReadOnlySpan<byte> bytes)
    {
        var path = PathToWrite(location);
        var temporary = WriteTemporary(location, path, bytes);
        Publish(temporary, path, location);
    }

    public byte[] Read(string location)
    {
        var path = PathOf(location);
        return Guard(location, () => File.ReadAllBytes(path));
    }

    public IObjectReader Open(string location, long? length = null)
    {
        var path = PathOf(location);
        return Guard(location, () => new LocalReader(location, path));
    }

    public bool Exists(string location) => File.Exists(PathOf(location));

    public long Length(string location)
    {
        var path = PathOf(location);
        return Guard(location, () => new FileInfo(path).Length);
    }

    public IEnumerable<ObjectInfo> List(string prefix)
    {
        var wanted = CheckedPath(prefix, allowRoot: true) + (prefix.EndsWith('/') ? "/" : "");
        return Files(wanted)
            .Where(f => f.Location.AsSpan("file://".Length).StartsWith(wanted) && !IsTemporary(Location.NameOf(f.Location)));
    }

    public IEnumerable<string> ListFolders(string folder)
    {
        var path = CheckedPath(folder, allowRoot: true);
        if (!Directory.Exists(path) || !Within(path)) return [];
        return Guard(folder, () => Directory.GetDirectories(path).Select(p => Path.GetFileName(p)!).ToArray());
    }

    public bool Delete(string location)
    {
        var path = PathToWriteExisting(location);
        if (path is null || !File.Exists(path)) return false;
        Guard(location, () =>
        {
            File.Delete(path);
            return true;
        });
        return true;
    }

    public IEnumerable<UnfinishedObject> ListUnfinished(string prefix)
    {
        var wanted = CheckedPath(prefix, allowRoot: true) + (prefix.EndsWith('/') ? "/" : "");
        foreach (var file in Files(wanted))
        {
            var name = Location.NameOf(file.Location);
            if (NameInside(name) is not { } final) continue;
            var location = file.Location[..^name.Length] + final;
            if (location.AsSpan("file://".Length).StartsWith(wanted))
                yield return new UnfinishedObject(location, name, file.Length, file.LastModifiedMs);
        }
    }

    public bool Abort(UnfinishedObject unfinished)
    {
        if (unfinished.Id.Contains('/', StringComparison.Ordinal) || NameInside(unfinished.Id) is null)
            throw new EngineException(ErrorKind.Invalid, $"{unfinished.Id} is no file that is being written");
        return Delete(unfinished.Location[..(unfinished.Location.LastIndexOf('/') + 1)] + unfinished.Id);
    }

    /// <summary>Gives a complete, synced temporary file its name; what was there before is replaced.</summary>
    internal static void Publish(string temporary, string path, string location)
    {
        try
        {
            File.Move(temporary, path, overwrite: true);
            KillPoint.Hit("store.renamed");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            TryRemove(temporary);
            throw error is FileNotFoundException
                ? new EngineException(ErrorKind.Unavailable, $"{location}: given up by someone else", error)
                : LocalFiles.Map(error, location);
        }
        SyncAfterPublish(path, location);
    }

    internal static void TryRemove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A temporary file that stays costs space only.
        }
    }

    /// <summary>Files of any name below the deepest folder of a path that may end within a name.</summary>
    private IEnumerable<ObjectInfo> Files(string wanted)
    {
        var folder = wanted.EndsWith('/') && Directory.Exists(wanted) ? wanted : Path.GetDirectoryName(wanted)!;
        return Directory.Exists(folder) && Within(folder) ? FilesBelow(folder) : [];
    }

    private static IEnumerable<ObjectInfo> FilesBelow(string folder)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = false,
        };
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", options))
        {
            long length, modified;
            try
            {
                length = file.Length;
                modified = new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds();
            }
            catch (FileNotFoundException)
            {
                continue;    // removed since the folder was read
            }
            yield return new ObjectInfo("file://" + file.FullName, length, modified);
        }
    }

    private static string WriteTemporary(string location, string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = Temporary(path);
        try
        {
            using var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, bytes.Length);
            RandomAccess.Write(handle, bytes, 0);
            RandomAccess.FlushToDisk(handle);
            return temporary;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            TryRemove(temporary);
            throw LocalFiles.Map(error, location);
        }
    }

    /// <summary>The name is there; whether it survives a power cut is not known if its folder cannot be synced.</summary>
    private static void SyncAfterPublish(string path, string location)
    {
        try
        {
            LocalFiles.SyncFolder(Path.GetDirectoryName(path)!, location);
        }
        catch (EngineException error)
        {
            throw new EngineException(ErrorKind.Unknown, error.Message, error);
        }
    }

    private string PathOf(string location) => CheckedPath(location, allowRoot: false) is var path && Within(Path.GetDirectoryName(path)!) ? path : throw Outside(location);

    private string PathToWrite(string location)
    {
        var path = CheckedPath(location, allowRoot: false);
        if (!Within(Path.GetDirectoryName(path)!)) throw Outside(location);
        EnsureFolder(Path.GetDirectoryName(path)!, location);
        return path;
    }

    private string? PathToWriteExisting(string location)
    {
        var path = CheckedPath(location, allowRoot: false);
        if (!Directory.Exists(Path.GetDirectoryName(path))) return null;
        return Within(Path.GetDirectoryName(path)!) ? path : throw Outside(location);
    }

    private string CheckedPath(string location, bool allowRoot)
    {
        var path = Location.LocalPath(location).TrimEnd('/');
        if (Location.SchemeOf(location) != "file" || !Location.IsUnder(path, rootPath)) throw Outside(location);
        if (path.Length == rootPath.Length && !allowRoot) throw new EngineException(ErrorKind.Invalid, $"{location} is the store's root, not an object");
        return path;
    }

    /// <summary>True if the folder, or the deepest part of it that exists, really lies below the root once links are resolved.</summary>
    private bool Within(string folder)
    {
        for (var at = folder; at.Length >= rootPath.Length; at = Path.GetDirectoryName(at)!)
            if (LocalFiles.RealPath(at, at) is { } real) return Location.IsUnder(real, realRoot);
        return true;
    }

    private EngineException Outside(string location) => new(ErrorKind.Invalid, $"{location} does not lie below {Root}");

    /// <summary>Creates the folder and those above it, each durable in the one above before the next.</summary>
    private static void EnsureFolder(string path, string location)
    {
        if (Directory.Exists(path)) return;
        var above = Path.GetDirectoryName(path);
        if (above is not null) EnsureFolder(above, location);
        Guard(location, () => Directory.CreateDirectory(path));
        if (above is not null) LocalFiles.SyncFolder(above, location);
    }

    private static string Temporary(string path)
    {
        var name = Path.GetFileName(path);
        if (name.Length > 200) name = name[..200];
        return Path.Join(Path.GetDirectoryName(path), $".{name}.{Guid.NewGuid():N}{TemporarySuffix}");
    }

    private static bool IsTemporary(string name) => name.StartsWith('.') && name.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    /// <summary>The name that a temporary file is to have, as far as it was not cut; null for other files.</summary>
    private static string? NameInside(string name)
    {
        var end = name.Length - TemporarySuffix.Length - RandomCharacters - 1;
        return IsTemporary(name) && end > 1 && name[end] == '.' ? name[1..end] : null;
    }

    private static T Guard<T>(string location, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw LocalFiles.Map(error, location);
        }
    }
}
