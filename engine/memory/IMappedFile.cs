using K2I.Base;

namespace K2I.Memory;

/// <summary>Owner of a file's bytes in memory. Spans of it are valid until it is disposed, by the owner, once no thread uses them.</summary>
public interface IMappedFile : IDisposable
{
    string Path { get; }

    int Length { get; }

    ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The bytes of a mapping made to write. Any number of threads, each its own range.</summary>
    Span<byte> Writable { get; }

    /// <summary>
    /// Makes a range durable as it was when the call began; other threads may write other bytes meanwhile. If it fails (<see cref="ErrorKind.Fatal"/>) nothing is known
    /// about the range, and calling again would not find out.
    /// </summary>
    void Sync(int from, int length);

    /// <summary>The range is about to be written: what can be prepared for that is done now. A hint.</summary>
    void Prefault(int from, int length);

    /// <summary>The range will not be needed soon: its memory may be given back. A hint; the bytes stay.</summary>
    void Release(int from, int length);
}
