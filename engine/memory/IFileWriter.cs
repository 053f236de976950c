using K2I.Base;

namespace K2I.Memory;

/// <summary>Owner of a file that is overwritten in place and keeps its length. One thread writes, another may sync.</summary>
public interface IFileWriter : IDisposable
{
    long Length { get; }

    /// <summary>
    /// Overwrites bytes from <paramref name="at"/> with the three parts, one after the other. Afterwards they are the kernel's: a reader sees them and a killed process does
    /// not lose them. <see cref="ErrorKind.Full"/> (a file system that does not overwrite in place), <see cref="ErrorKind.Unavailable"/>: any of the bytes may have been written.
    /// </summary>
    void Write(long at, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body = default, ReadOnlySpan<byte> tail = default);

    /// <summary>
    /// Makes durable what was written through this owner before the call began. If it fails (<see cref="ErrorKind.Fatal"/>) nothing is known about those bytes, and calling again
    /// would not find out.
    /// </summary>
    void Sync();
}
