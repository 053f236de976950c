using System.Runtime.InteropServices;

namespace K2I.Memory;

/// <summary>The kernel's memory calls (mmap(2), munmap(2), madvise(2)).</summary>
internal static unsafe partial class Native
{
    internal const int ProtRead = 1, ProtWrite = 2;
    internal const int MapPrivate = 2, MapAnonymous = 0x20, MapNoReserve = 0x4000;
    internal const int AdviseDontNeed = 4, AdviseHugePage = 14, AdviseNoHugePage = 15, AdvisePopulateWrite = 23;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    internal static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    internal static partial int Advise(nint address, nuint length, int advice);
}
