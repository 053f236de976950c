using System.Runtime.InteropServices;

using K2I.Base;

namespace K2I.Storage;

/// <summary>The system calls that .NET does not offer: link(2), syncing a folder, realpath(3); and the mapping of their errors.</summary>
internal static partial class LocalFiles
{
    private const int OpenDirectory = 0x10000 | 0x80000;    // O_RDONLY | O_DIRECTORY | O_CLOEXEC
    private const int Enoent = 2, Eacces = 13, Eperm = 1, Eexist = 17, Enospc = 28, Erofs = 30, Edquot = 122;

    /// <summary>Gives the file a second name, unless that name is taken: false then. Atomic on every POSIX file system, NFS included.</summary>
    public static bool TryLink(string from, string to, string location)
    {
        if (link(from, to) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        if (error == Eexist) return false;
        throw Failure(error, location, "cannot be created");
    }

    /// <summary>Makes the names in a folder durable.</summary>
    public static void SyncFolder(string path, string location)
    {
        var handle = open(path, OpenDirectory);
        if (handle < 0) throw Failure(Marshal.GetLastPInvokeError(), location, "its folder cannot be opened to sync it");
        try
        {
            if (fsync(handle) != 0) throw Failure(Marshal.GetLastPInvokeError(), location, "its folder cannot be synced");
        }
        finally
        {
            _ = close(handle);
        }
    }

    /// <summary>The path with every symbolic link resolved; null if it does not exist.</summary>
    public static unsafe string? RealPath(string path, string location)
    {
        const int room = 4096;
        Span<byte> buffer = stackalloc byte[room];
        fixed (byte* start = buffer)
        {
            if (realpath(path, start) != null) return Marshal.PtrToStringUTF8((nint)start);
        }
        var error = Marshal.GetLastPInvokeError();
        return error == Enoent ? null : throw Failure(error, location, "cannot be resolved");
    }

    /// <summary>What an exception of .NET's file API means to a store's caller.</summary>
    public static EngineException Map(Exception error, string location) => error switch
    {
        EngineException known => known,
        FileNotFoundException or DirectoryNotFoundException => new EngineException(ErrorKind.NotFound, $"{location} does not exist", error),
        UnauthorizedAccessException => new EngineException(ErrorKind.Denied, $"{location}: access denied ({error.Message})", error),
        PathTooLongException or ArgumentException => new EngineException(ErrorKind.Invalid, $"{location}: {error.Message}", error),
        IOException io when (io.HResult & 0xFFFF) is Enospc or Edquot => new EngineException(ErrorKind.Full, $"{location}: no space left", error),
        IOException io when (io.HResult & 0xFFFF) is Erofs => new EngineException(ErrorKind.Denied, $"{location}: the file system is read-only", error),
        _ => new EngineException(ErrorKind.Unavailable, $"{location}: {error.Message}", error),
    };

    private static EngineException Failure(int errno, string location, string what)
    {
        var kind = errno switch
        {
            Enoent => ErrorKind.NotFound,
            Eacces or Eperm or Erofs => ErrorKind.Denied,
            Enospc or Edquot => ErrorKind.Full,
            _ => ErrorKind.Unavailable,
        };
        return new EngineException(kind, $"{location}: {what} ({Marshal.GetPInvokeErrorMessage(errno)})");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int handle);

    [LibraryImport("libc")]
    private static partial int close(int handle);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* realpath(string path, byte* resolved);
}
