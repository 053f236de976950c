using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace K2I.Cli.Bench;

/// <summary>The kernel's cache of files, which a benchmark wants empty.</summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Has the kernel forget what it caches of a directory's files, so that they are read from the disk (posix_fadvise(2)).</summary>
    internal static void Drop(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory))
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            _ = Advise(file, 0, 0, DontNeed);
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
