namespace K2I.Memory;

/// <summary>Owner of a file's bytes in memory, to read. Spans of it are valid until it is disposed, by the owner, once no thread uses them.</summary>
public interface IMappedFile : IDisposable
{
    string Path { get; }

    int Length { get; }

    ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The range will not be needed soon: its memory may be given back. A hint; the bytes stay.</summary>
    void Release(int from, int length);
}
