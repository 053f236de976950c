using System.Runtime.InteropServices;

namespace K2I.Memory;

/// <summary>The kernel's file calls (open(2), pwrite(2), pwritev(2), fsync(2), flock(2), rename(2)).</summary>
internal static unsafe partial class NativeFiles
{
    internal const int ReadOnly = 0, ReadWrite = 2, Create = 0x40, Truncate = 0x200, Directory = 0x10000, CloseOnExec = 0x80000;
    internal const int LockExclusive = 2, LockNoWait = 4;
    internal const int MapShared = 1;
    internal const int ErrorIntr = 4, ErrorAgain = 11;

    /// <summary>struct iovec.</summary>
    internal readonly struct Part(byte* start, nint length)
    {
        internal readonly byte* Start = start;
        internal readonly nint Length = length;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close")]
    internal static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    internal static partial nint Read(int file, byte* bytes, nint length, long from);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint Write(int file, byte* bytes, nint length, long from);

    [LibraryImport("libc", EntryPoint = "pwritev", SetLastError = true)]
    internal static partial nint WriteParts(int file, Part* parts, int count, long from);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int SetLength(int file, long length);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    internal static partial long Seek(int file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    internal static partial int SyncData(int file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int Lock(int file, int operation);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeDirectory(string path, int mode);
}
