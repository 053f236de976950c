using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using K2I.Base;

namespace K2I.Memory;

/// <summary>The machine's own file system (POSIX; ext4 and xfs overwrite in place, as logs need it).</summary>
public sealed class LocalFileSystem : IFileSystem
{
    public static readonly LocalFileSystem Instance = new();

    /// <summary>What names of files that are not finished end with; such a file may be removed at any time when nobody is writing it.</summary>
    public const string TemporarySuffix = ".tmp";

    private const int NoEntry = 2, AlreadyExists = 17;

    public void CreateDirectory(string path)
    {
        if (Directory.Exists(path)) return;
        var parent = Path.GetDirectoryName(Path.GetFullPath(path));
        if (parent is not null) CreateDirectory(parent);
        // 0750: the service's group may look; no one else.
        if (NativeFiles.MakeDirectory(path, 0x1E8) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != AlreadyExists || !Directory.Exists(path)) throw FileHandle.Failure(error, path, "cannot be created");
        }
        if (parent is not null) SyncDirectory(parent);
    }

    public IReadOnlyList<string> ListFiles(string directory) => NamesIn(directory, Directory.EnumerateFiles);

    public IReadOnlyList<string> ListDirectories(string directory) =>
        Directory.Exists(directory) ? NamesIn(directory, Directory.EnumerateDirectories) : [];

    public bool Exists(string path) => File.Exists(path);

    public INewFile NewFile(string path, long bytes) => new NewLocalFile(path, bytes);

    public IMappedFile Map(string path) => MappedFile.Map(path);

    public IFileWriter OpenWriter(string path) => new LocalFileWriter(path);

    public void Rename(string from, string to)
    {
        if (NativeFiles.Rename(from, to) != 0) throw FileHandle.Failure(Marshal.GetLastPInvokeError(), from, $"cannot be renamed to {Path.GetFileName(to)}");
        SyncDirectory(Path.GetDirectoryName(to)!);
    }

    public bool Delete(string path)
    {
        if (NativeFiles.Unlink(path) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == NoEntry ? false : throw FileHandle.Failure(error, path, "cannot be removed");
    }

    public byte[] Read(string path, int maxBytes)
    {
        using var file = FileHandle.Open(path, NativeFiles.ReadOnly, "cannot be opened");
        var length = file.Length();
        if (length > maxBytes) throw new EngineException(ErrorKind.Invalid, $"{path} is longer than {Units.FormatBytes(maxBytes)}");
        var bytes = new byte[length];
        return bytes[..file.Read(bytes)];
    }

    public void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = path + TemporarySuffix;
        try
        {
            using (var file = FileHandle.Open(temporary, NativeFiles.ReadWrite | NativeFiles.Create | NativeFiles.Truncate, "cannot be created"))
            {
                file.Write(bytes, 0);
                file.Sync();
            }
            Rename(temporary, path);
        }
        catch (EngineException)
        {
            _ = NativeFiles.Unlink(temporary);
            throw;
        }
    }

    public IDisposable Lock(string path)
    {
        var file = FileHandle.Open(path, NativeFiles.ReadWrite | NativeFiles.Create, "cannot be opened to lock it");
        try
        {
            Span<byte> holder = stackalloc byte[32];
            if (!file.TryLock())
            {
                var text = Encoding.ASCII.GetString(holder[..file.Read(holder)]).Trim();
                var known = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var process);
                throw new EngineException(ErrorKind.Conflict, $"{path} is held by {(known ? $"process {process}" : "another process")}: only one may use this directory");
            }
            // Told to people, never relied on: the lock is the system's, and gone with its holder.
            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")), 0);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes the names in a directory durable.</summary>
    internal static void SyncDirectory(string path)
    {
        using var directory = FileHandle.Open(path.Length == 0 ? "." : path, NativeFiles.ReadOnly | NativeFiles.Directory, "cannot be opened to sync it");
        directory.Sync();
    }

    private static IReadOnlyList<string> NamesIn(string directory, Func<string, IEnumerable<string>> list)
    {
        try
        {
            return [.. list(directory).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(error switch
            {
                DirectoryNotFoundException => ErrorKind.NotFound,
                UnauthorizedAccessException => ErrorKind.Denied,
                _ => ErrorKind.Unavailable,
            }, $"{directory} cannot be listed: {error.Message}", error);
        }
    }
}
