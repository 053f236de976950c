using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Memory;

/// <summary>A file mapped shared (mmap(2)): what is written is in the kernel's cache at once, and on disk after a sync.</summary>
internal sealed unsafe class MappedFile : IMappedFile
{
    private readonly bool writable;
    private byte* pointer;

    private MappedFile(string path, byte* pointer, int length, bool writable)
    {
        Path = path;
        this.pointer = pointer;
        Length = length;
        this.writable = writable;
    }

    public string Path { get; }

    public int Length { get; }

    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            Check.That(pointer != null || Length == 0);
            return new(pointer, Length);
        }
    }

    public Span<byte> Writable
    {
        get
        {
            Check.That(pointer != null && writable);
            return new(pointer, Length);
        }
    }

    internal static MappedFile Map(string path, bool writable)
    {
        using var file = FileHandle.Open(path, writable ? NativeFiles.ReadWrite : NativeFiles.ReadOnly, "cannot be opened");
        var length = file.Length();
        if (length > int.MaxValue) throw new EngineException(ErrorKind.Unsupported, $"{path} is longer than a mapping may be (2 GiB)");
        if (length == 0) return new(path, null, 0, writable);
        var protection = writable ? Native.ProtRead | Native.ProtWrite : Native.ProtRead;
        var address = Native.Map(0, (nuint)length, protection, NativeFiles.MapShared, file.Number, 0);
        if (address == -1) throw FileHandle.Failure(Marshal.GetLastPInvokeError(), path, "cannot be mapped");
        MemoryLedger.Add(MemoryTag.Wal, length);
        return new(path, (byte*)address, (int)length, writable);
    }

    public void Sync(int from, int length)
    {
        var (start, bytes) = Pages(from, length);
        if (bytes == 0 || NativeFiles.SyncMapping(start, bytes, NativeFiles.SyncNow) == 0) return;
        throw new EngineException(ErrorKind.Fatal, $"{Path} cannot be synced: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    public void Prefault(int from, int length)
    {
        // A kernel before 5.14 refuses: pages are then made ready one by one as they are written.
        var (start, bytes) = Pages(from, length);
        if (bytes > 0) _ = Native.Advise(start, bytes, NativeFiles.AdvisePopulateWrite);
    }

    public void Release(int from, int length)
    {
        // Drops the pages from this process only; the kernel's cache keeps what was written.
        var (start, bytes) = Pages(from, length);
        if (bytes > 0) _ = Native.Advise(start, bytes, Native.AdviseDontNeed);
    }

    public void Dispose()
    {
        if (pointer == null) return;
        Check.That(Native.Unmap((nint)pointer, (nuint)Length) == 0);
        pointer = null;
        MemoryLedger.Add(MemoryTag.Wal, -Length);
    }

    /// <summary>The whole pages that a range touches.</summary>
    private (nint Start, nuint Bytes) Pages(int from, int length)
    {
        Check.That(from >= 0 && length >= 0 && length <= Length - from && (pointer != null || length == 0));
        var start = from / NativeBuffer.PageBytes * NativeBuffer.PageBytes;
        return ((nint)(pointer + start), length == 0 ? 0 : (nuint)(from + length - start));
    }
}
