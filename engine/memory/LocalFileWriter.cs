using K2I.Base;

namespace K2I.Memory;

/// <summary>Overwrites a file with pwritev(2) and makes it durable with fdatasync(2).</summary>
internal sealed class LocalFileWriter : IFileWriter
{
    private readonly FileHandle file;

    internal LocalFileWriter(string path)
    {
        file = FileHandle.Open(path, NativeFiles.ReadWrite, "cannot be opened");
        try
        {
            Length = file.Length();
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public long Length { get; }

    public void Write(long at, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, ReadOnlySpan<byte> tail)
    {
        Check.That(at >= 0 && head.Length + (long)body.Length + tail.Length <= Length - at);
        file.Write(head, body, tail, at);
    }

    public void Sync() => file.SyncData();

    public void Dispose() => file.Dispose();
}
