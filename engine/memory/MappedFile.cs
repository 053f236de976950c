using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Memory;

/// <summary>A file mapped to read (mmap(2)): it shows what others write.</summary>
internal sealed unsafe class MappedFile : IMappedFile
{
    private byte* pointer;

    private MappedFile(string path, byte* pointer, int length)
    {
        Path = path;
        this.pointer = pointer;
        Length = length;
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

    internal static MappedFile Map(string path)
    {
        using var file = FileHandle.Open(path, NativeFiles.ReadOnly, "cannot be opened");
        var length = file.Length();
        if (length > int.MaxValue) throw new EngineException(ErrorKind.Unsupported, $"{path} is longer than a mapping may be (2 GiB)");
        if (length == 0) return new(path, null, 0);
        var address = Native.Map(0, (nuint)length, Native.ProtRead, NativeFiles.MapShared, file.Number, 0);
        if (address == -1) throw FileHandle.Failure(Marshal.GetLastPInvokeError(), path, "cannot be mapped");
        MemoryLedger.Add(MemoryTag.Wal, length);
        return new(path, (byte*)address, (int)length);
    }

    public void Release(int from, int length)
    {
        Check.That(from >= 0 && length >= 0 && length <= Length - from && (pointer != null || length == 0));
        // Drops the whole pages from this process only; the kernel's cache keeps them.
        var start = from / NativeBuffer.PageBytes * NativeBuffer.PageBytes;
        if (length > 0) _ = Native.Advise((nint)(pointer + start), (nuint)(from + length - start), Native.AdviseDontNeed);
    }

    public void Dispose()
    {
        if (pointer == null) return;
        Check.That(Native.Unmap((nint)pointer, (nuint)Length) == 0);
        pointer = null;
        MemoryLedger.Add(MemoryTag.Wal, -Length);
    }
}
