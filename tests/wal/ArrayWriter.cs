using K2I.Memory;

namespace K2I.Wal.Tests;

/// <summary>Overwrites bytes in memory.</summary>
internal sealed class ArrayWriter(byte[] bytes) : IFileWriter
{
    public long Length => bytes.Length;

    public void Write(long at, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, ReadOnlySpan<byte> tail)
    {
        head.CopyTo(bytes.AsSpan((int)at));
        body.CopyTo(bytes.AsSpan((int)at + head.Length));
        tail.CopyTo(bytes.AsSpan((int)at + head.Length + body.Length));
    }

    public void Sync()
    {
    }

    public void Dispose()
    {
    }
}
