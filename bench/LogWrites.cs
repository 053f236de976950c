using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace K2I.Bench;

/// <summary>
/// Two ways to keep a log file, next to each other in one run: overwriting it by pwrite and fdatasync, as the engine does, and through a shared mapping and msync.
/// One thread, records of 250 bytes, 64 KiB a write, groups of a size; a file of zeros, written before. CPU is the whole process's.
/// </summary>
internal static partial class LogWrites
{
    private const int FileBytes = 64 << 20, WriteBytes = 64 << 10, RecordBytes = 250, Rounds = 3;

    internal static int Run(string directory)
    {
        Console.WriteLine("way                 group     write µs/64 KiB   sync µs   cpu ns/record");
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var groupBytes in new[] { WriteBytes, 256 << 10, 1 << 20 })
            {
                Measure(directory, groupBytes, "pwrite, fdatasync", file => new Pwrite(file));
                Measure(directory, groupBytes, "mapping, msync", file => new Mapping(file));
            }
        }
        return 0;
    }

    private static void Measure(string directory, int groupBytes, string way, Func<string, IWay> open)
    {
        var path = Path.Combine(directory, $"k2i-log-writes-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, new byte[FileBytes]);
        var piece = new byte[WriteBytes];
        new Random(1).NextBytes(piece);
        try
        {
            using var file = open(path);
            file.Sync(0, FileBytes);
            long writing = 0, syncing = 0;
            var groups = 4 * FileBytes / groupBytes;
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            for (var group = 0; group < groups; group++)
            {
                var from = (int)((long)group * groupBytes % FileBytes);
                var begun = Stopwatch.GetTimestamp();
                for (var at = 0; at < groupBytes; at += WriteBytes) file.Write(from + at, piece);
                var written = Stopwatch.GetTimestamp();
                file.Sync(from, groupBytes);
                writing += written - begun;
                syncing += Stopwatch.GetTimestamp() - written;
            }
            cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
            var records = (long)groups * groupBytes / RecordBytes;
            var perTick = 1e6 / Stopwatch.Frequency;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{way,-18} {groupBytes >> 10,5} KiB {writing * perTick / groups / (groupBytes / WriteBytes),15:F1} {syncing * perTick / groups,9:F0} {cpu.TotalNanoseconds / records,15:F0}"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private interface IWay : IDisposable
    {
        void Write(int at, byte[] bytes);

        void Sync(int from, int length);
    }

    private sealed partial class Pwrite(string path) : IWay
    {
        private readonly FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

        public void Write(int at, byte[] bytes) => RandomAccess.Write(file.SafeFileHandle, bytes, at);

        public void Sync(int from, int length) => Succeed(SyncData(file.SafeFileHandle));

        public void Dispose() => file.Dispose();

        [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
        private static partial int SyncData(SafeHandle file);
    }

    private sealed unsafe partial class Mapping : IWay
    {
        private const int SyncNow = 4;

        private readonly MemoryMappedFile file;
        private readonly MemoryMappedViewAccessor view;
        private readonly byte* start;

        internal Mapping(string path)
        {
            file = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
            view = file.CreateViewAccessor(0, FileBytes);
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        }

        public void Write(int at, byte[] bytes) => bytes.CopyTo(new Span<byte>(start + at, bytes.Length));

        public void Sync(int from, int length) => Succeed(SyncMapping(start + from, (nuint)length, SyncNow));

        public void Dispose()
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            file.Dispose();
        }

        [LibraryImport("libc", EntryPoint = "msync", SetLastError = true)]
        private static partial int SyncMapping(byte* from, nuint length, int flags);
    }

    private static void Succeed(int result)
    {
        if (result != 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }
}
